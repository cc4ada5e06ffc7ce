"""zone-mta's ``bounces.txt``: ``expression,action,category,message`` a line, the first that matches decides.

Expressions use the syntax of JavaScript with the flags i and m, and end at the first comma. They are applied to the
reply on one line, without the codes and statuses of later lines, and with each run of white space replaced by one
space (zone-eu/zone-mta lib/bounces.js). zone-mta skips a line with an invalid expression; here such a rule never
matches. zone-mta handles DNS failures before the rules; they have no reply, so they do not occur here.

The file has sample replies in comments above the rules.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.classify.rules.rule_set import (
    BounceRule,
    Labels,
    RuleClass,
    RuleExample,
    RulePlace,
    RuleSet,
    RuleText,
    class_of,
    make_rule,
)

KIND: Final = "zone-mta"
ACTIONS: Final = ("defer", "reject", "slowdown")

_BLANK: Final = "\t\n\v\f\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
"""The characters of JavaScript's ``\\s`` (ECMA-262, CharacterClassEscape)."""
_BLANKS: Final = re.compile(f"[{_BLANK}]+")
_NUMBERS: Final = re.compile(f"^[0-9]{{3}}[{_BLANK}-]+(?:[0-9.]+[{_BLANK}]*)?", re.MULTILINE)
"""The code and a possible status at the beginning of a line."""
_OF_NUMBERS: Final = "0123456789.- \t"
"""The first characters of a text that could be taken for a status or for white space before one."""
_OUTSIDE_ASCII: Final = str.maketrans("\u017f\u212a", "\ufffd\ufffd")
"""Letters that match s and k without case in RE2, but not in JavaScript without its flag u."""
_SAMPLE: Final = re.compile(r"#\s*([45][0-9]{2}[ -].+)")


def parse(files: Sequence[RuleText], labels: Labels) -> RuleSet:
    """Read rule files in order; raises InputError."""
    rules: list[BounceRule] = []
    samples: list[RuleExample] = []
    for file in files:
        waiting: list[RuleExample] = []
        for line, text in enumerate(file.text.split("\n"), 1):
            written = text.strip()
            if sample := _SAMPLE.match(written):
                waiting.append(RuleExample(RulePlace(0, file.name, line), parse_reply(sample[1])))
            elif not written:
                waiting.clear()
            elif not written.startswith("#"):
                rules.append(_rule(RulePlace(len(rules) + 1, file.name, line), written, labels))
                samples += [replace(each, rule=len(rules)) for each in waiting]
                waiting.clear()
    return RuleSet(KIND, tuple(rules), ask, any_case=True, otherwise="other", labels=labels, samples=tuple(samples))


def ask(reply: ReceivedReply) -> str:
    """Write a reply on one line, like zone-mta."""
    line = reply.wire
    if "\n" in line or reply.text[:1] in _OF_NUMBERS:
        first = _NUMBERS.match(line)
        start = first.end() if first else 0
        line = line[:start] + _NUMBERS.sub(" ", line[start:])
    if "  " in line or not line.isprintable() or line.endswith(" "):
        line = _BLANKS.sub(" ", line).strip(" ")
    return line if line.isascii() else line.translate(_OUTSIDE_ASCII)


def _rule(place: RulePlace, written: str, labels: Labels) -> BounceRule:
    source, action, category, *_ = [*written.split(","), "", ""]
    class_name = f"{action},{category}"
    if action not in ACTIONS:
        odd = f"{action[:20]!r} is not an action ({', '.join(ACTIONS)}); an expression ends at its first comma"
        return replace(make_rule(place, RuleClass(class_name, None), source, "js"), oddity=odd)
    given = class_of(KIND, class_name, labels)
    if not given.is_known:
        given = class_of(KIND, category, labels)._replace(name=class_name)
    return make_rule(place, given, source, "js")
