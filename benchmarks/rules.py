"""Measures how fast rule files classify replies, beside a loop over Python's ``re``; for ``bench.py``.

The replies are those of the personas, each with an address, a host, an IP address and an id of its own, as in a log. A
file of ours of 300 rules is made of the same wordings: half of them look for a phrase, half for two with anything in
between. The public rule files of other systems are measured where they are at hand.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import resource
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from book_rows import refused

from fake_gateways import persona as personas
from probe.classify import Evidence
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.files import load
from probe.classify.rules.formats import own
from probe.classify.rules.reply import deciding_reply
from probe.classify.rules.rule_set import RuleSet, RuleText

REPLIES: Final = 1_000_000
SAMPLE: Final = 4_000
"""Replies that the loop is given, which would take minutes for all."""
PIECE: Final = 10_000
RULES: Final = 300
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
PUBLIC: Final = Path(__file__).parents[2] / "shared" / "data" / "rules"


def replies(count: int, seed: int = 1) -> Iterator[Evidence]:
    """Yield evidence of refusals, no two with the same names in them."""
    chance = random.Random(seed)
    wordings = [refusal for name in personas.names() for refusal in personas.load(name).refusal]

    def word() -> str:
        return "".join(chance.choice("bdfglmnprst") + chance.choice("aeiou") for _ in range(chance.randrange(2, 5)))

    for _ in range(count):
        wording = chance.choice(wordings)
        domain = f"{word()}-{word()}.example"
        recipient = f"{word()}.{word()}@{domain}"
        said = wording.say(
            {
                "recipient": recipient,
                "local_part": recipient.partition("@")[0],
                "domain": domain,
                "sender": f"news+{chance.randrange(10**6)}@messenger.example",
                "sender_domain": "messenger.example",
                "ip": ".".join(str(chance.randrange(1, 255)) for _ in range(4)),
                "helo": "mta1.messenger.example",
                "host": f"mx{chance.randrange(9)}.{domain}",
                "id": "".join(chance.choices(LETTERS, k=12)),
                "backend": "550 5.1.1 User unknown",
            }
        )
        status = str(said.enhanced) if said.enhanced else None
        stage = wording.stages[0]
        yield Evidence(
            recipient,
            (refused(recipient=recipient, code=said.code, enhanced=status, text=said.text, stage=stage),),
        )


def rules_of_ours(count: int) -> RuleSet:
    """Return a rule file of ours, made of the personas' wordings."""
    tables: list[str] = []
    wordings = [refusal for name in personas.names() for refusal in personas.load(name).refusal]
    for number, wording in enumerate(wordings * 2):
        words = [re.escape(each) for each in re.findall(r"[A-Za-z]{3,}", re.sub(r"\{\w+\}", "", wording.text))]
        if len(words) < 4:
            continue
        phrase = r"\W+".join(words[:3]) if number % 2 else rf"{words[0]}\b.*\b{words[-1]}"
        conditions = f'code = "{str(wording.code)[0]}xx"\n' if number % 3 == 0 else ""
        tables.append(f"[[rule]]\nclass = \"{wording.cause}\"\n{conditions}pattern = '{phrase}'\n")
    return own.parse([RuleText("made.toml", "\n".join(tables[:count]))], {})


def loop(rule_set: RuleSet, evidence: Sequence[Evidence]) -> float:
    """Return the seconds that a loop over Python's expressions takes."""
    flags = re.IGNORECASE if rule_set.any_case else 0
    compiled = [(rule, re.compile(rule.source, flags)) for rule in rule_set.rules]
    began = time.process_time()
    for each in evidence:
        words = deciding_reply(each)
        text = rule_set.ask(words)
        next((rule for rule, expression in compiled if expression.search(text) and rule.conditions.met_by(words)), None)
    return time.process_time() - began


def classified(rule_set: RuleSet, count: int) -> tuple[float, int]:
    """Return the seconds of one core that many replies take, and the MB that they and the classifier added."""
    before = resident_mb()
    classifier = RuleClassifier(rule_set)
    spent = 0.0
    several = replies(count)
    while piece := list(itertools.islice(several, PIECE)):
        began = time.process_time()
        for each in piece:
            classifier.classify(each)
        spent += time.process_time() - began
    return spent, resident_mb() - before


def resident_mb() -> int:
    """Return how much memory the process holds."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() // 2**20


def main() -> None:
    """Measure, and print the rows of ``bench.py`` as JSON. An argument asks for fewer replies."""
    count = int(sys.argv[1]) if sys.argv[1:] else REPLIES
    cases = {"ours, of 300 wordings": rules_of_ours(RULES)}
    if PUBLIC.exists():
        cases["zone-mta's public file"] = load("zone-mta", [PUBLIC / "zone-mta" / "bounces.txt"])
        both = [PUBLIC / "kumomta" / f"{name}.toml" for name in ("community", "iana")]
        cases["KumoMTA's two public files"] = load("kumomta", both)
    sample = list(replies(min(SAMPLE, count)))
    rows = []
    for name, rule_set in cases.items():
        seconds, memory = classified(rule_set, count)
        figures = {"cpu_s": seconds, "peak_mb": memory, "rate": count / seconds}
        rows.append({"case": f"rules: {name}", "count": count, "rounds": [figures]})
        seconds = loop(rule_set, sample)
        figures = {"cpu_s": seconds, "rate": len(sample) / seconds}
        rows.append({"case": f"rules: {name}, by a loop over re", "count": len(sample), "rounds": [figures]})
    json.dump(rows, sys.stdout)


if __name__ == "__main__":
    main()
