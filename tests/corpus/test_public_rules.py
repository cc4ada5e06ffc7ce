"""The public rule files of KumoMTA and zone-mta, as a user would have them, over the replies of forty-nine vendors."""

from __future__ import annotations

import csv
import random
import re
from collections.abc import Callable
from typing import Final

import pytest
import re2
from rule_files import PUBLIC, REPLIES

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.expressions import options
from probe.classify.rules.files import kind_of, load
from probe.classify.rules.lint import FindingKind, LintFinding, lint, overview
from probe.classify.rules.persona_replies import known_replies
from probe.classify.rules.reply import ReceivedReply, parse_reply

pytestmark = pytest.mark.skipif(not PUBLIC.exists(), reason="the public rule files are not at hand")

KUMOMTA: Final = [PUBLIC / "kumomta" / "community.toml", PUBLIC / "kumomta" / "iana.toml"]
ZONE_MTA: Final = [PUBLIC / "zone-mta" / "bounces.txt"]
MUTATIONS: Final = 5


@pytest.fixture(scope="module")
def kumomta() -> RuleClassifier:
    """Return KumoMTA's rules in the order in which it loads them."""
    return RuleClassifier(load(kind_of(KUMOMTA), KUMOMTA))


@pytest.fixture(scope="module")
def zone_mta() -> RuleClassifier:
    """Return zone-mta's rules."""
    return RuleClassifier(load(kind_of(ZONE_MTA), ZONE_MTA))


@pytest.fixture(scope="module")
def replies() -> list[tuple[ReceivedReply, str]]:
    """Return the replies of the collection, and where each was seen."""
    found = []
    with REPLIES.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text = row["text_template"].replace(" | ", "\n")
            status = row["enhanced"] if row["enhanced"] and row["enhanced"] not in text else None
            if row["code"]:
                found.append((ReceivedReply(int(row["code"]), status, text, "rcpt"), row["source"]))
    return found


def decides(classifier: RuleClassifier, said: str) -> tuple[str, int] | None:
    """Return class and line of the rule that decides about a reply."""
    rule = classifier.deciding(parse_reply(said))
    return None if rule is None else (rule.class_name, rule.place.line)


def test_every_rule_is_read_and_can_be_run(kumomta: RuleClassifier, zone_mta: RuleClassifier) -> None:
    for classifier, count in ((kumomta, 135), (zone_mta, 317)):
        rules = classifier.rule_set.rules
        assert len(rules) == count
        assert [rule for rule in rules if rule.refused or rule.oddity or not rule.place.line] == []


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("552 5.2.2 mailbox is stuffed", ("QuotaIssues", 25)),
        ("552 4.2.2 mailbox is stuffed", ("QuotaIssues", 25)),  # the status may be of another class than the code
        ("352 5.2.2 mailbox is stuffed", None),
        ("525 4.7.13 user account is disabled", ("InactiveMailbox", 18)),
        ("551 4.7.17 mailbox owner has changed", ("InvalidRecipient", 9)),
        ("551 4.7.18 domain owner has changed", ("BadDomain", 13)),
        ("550 5.1.1 User unknown", ("InvalidRecipient", 40)),
        ("550 5.1.1 USER UNKNOWN", ("InvalidRecipient", 7)),  # case matters: no words match, the status does
        ("550 5.1.1 User unknown.", ("InvalidRecipient", 7)),  # the words are anchored at the end
        ("550-5.1.1 User\n550 5.1.1 unknown", ("InvalidRecipient", 40)),  # any text may stand between the words
        ("450 4.2.2 User unknown", None),  # nearly all words are anchored at their code
        ("550 5.7.1 Blocked", ("SpamBlock", 139)),  # community.toml comes before iana.toml
        ("554 5.7.1 Blocked", ("AuthenticationFailed", 56)),
        ("550 permanent failure for one or more recipients (x:blocked)", ("InvalidRecipient", 56)),
    ],
)
def test_kumomta_reads_like_its_documentation(
    kumomta: RuleClassifier, said: str, verdict: tuple[str, int] | None
) -> None:
    assert decides(kumomta, said) == verdict


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("550 5.1.1 User unknown", ("reject,recipient", 386)),
        ("550 5.1.1 USER UNKNOWN", ("reject,recipient", 386)),
        ("550-5.1.1 User\n550 5.1.1 unknown", ("reject,recipient", 386)),  # lines are joined, later numbers taken out
        ("550 spam message rejected", ("reject,spam", 324)),
        ("550-spam message\n550 rejected", ("reject,other", 563)),  # the first line has a hyphen, and the rule a blank
        ("550 5.7.1 Blacklisted by zen", ("defer,blacklist", 64)),
        ("550 5.7.1 Blacklisted by recipient", ("reject,block", 519)),  # by its look-ahead
        ("550 permanent failure for one or more recipients (x:blocked)", ("defer,blacklist", 333)),
        ("450 4.2.1 mail too quickly", ("defer,recipient", 291)),
        ("451 anything", ("defer,other", 554)),
        ("299 anything", None),
    ],
)
def test_zone_mta_reads_like_its_code(zone_mta: RuleClassifier, said: str, verdict: tuple[str, int] | None) -> None:
    assert decides(zone_mta, said) == verdict


def test_order_decides_about_many_replies(
    kumomta: RuleClassifier, zone_mta: RuleClassifier, replies: list[tuple[ReceivedReply, str]]
) -> None:
    refusals = [(heard, source) for heard, source in replies if heard.code is not None and heard.code >= 400]
    manual = [heard for heard, source in refusals if "smtp-field-manual" in source]
    everything = [heard for heard, _ in refusals]
    assert overview(kumomta, everything) == (543, 59, 326)
    assert overview(zone_mta, everything) == (543, 339, 0)
    assert overview(kumomta, manual) == (112, 22, 55)
    assert overview(zone_mta, manual) == (112, 76, 0)


def test_remembering_and_searching_together_change_nothing(
    kumomta: RuleClassifier, zone_mta: RuleClassifier, replies: list[tuple[ReceivedReply, str]]
) -> None:
    for classifier in (kumomta, zone_mta):
        rule_set = classifier.rule_set
        chosen = options(any_case=rule_set.any_case)
        compiled = [(rule, re2.compile(rule.expression or "", chosen)) for rule in rule_set.rules]
        chance = random.Random(1)
        for heard in (each for reply, _ in replies for each in mutations(reply, chance)):
            text = rule_set.ask(heard)
            plain = [rule for rule, expression in compiled if expression.search(text)]
            assert classifier.matching(heard) == plain
            assert classifier.read(heard).cause is (plain[0].cause if plain else None)


def mutations(heard: ReceivedReply, chance: random.Random) -> list[ReceivedReply]:
    """Return a reply with other digits and ids, as a log has it."""
    found = [heard]
    for _ in range(MUTATIONS):
        text = re.sub(r"\{\w+\}", lambda _: "".join(chance.choices("aAzZ019.-@", k=12)), heard.text)
        text = re.sub(r"\d", lambda each: chance.choice("0123456789") if chance.random() < 0.3 else each[0], text)
        found.append(heard._replace(text=text, code=chance.choice([heard.code, 450, 550, 552, 553, 554])))
    return found


def of_kind(findings: list[LintFinding], kind: FindingKind) -> list[tuple[str, int]]:
    """Return file and line of the findings of a kind."""
    return [
        (re.sub(r".*/", "", finding.place.file), finding.place.line) for finding in findings if finding.kind is kind
    ]


def test_lint_knows_what_is_known_of_kumomtas_rules(kumomta: RuleClassifier) -> None:
    found = lint(kumomta, known_replies())
    assert of_kind(found, FindingKind.IMPOSSIBLE) == [
        ("community.toml", 27)
    ]  # begins with a status, where a code stands
    assert of_kind(found, FindingKind.DUPLICATE) == [
        ("community.toml", 85)
    ]  # OverQuotaPerm, inactive and over its quota
    assert of_kind(found, FindingKind.SHADOWED) == [("iana.toml", 62)]  # x.5.3 behind all of x.5
    assert of_kind(found, FindingKind.CONTRADICTION) == [("iana.toml", 8)]  # 45x as an invalid recipient
    assert ("community.toml", 56) in of_kind(found, FindingKind.MISREAD)  # Barracuda's blocked content
    assert of_kind(found, FindingKind.REFUSED) == []


def test_lint_knows_what_is_known_of_zone_mtas_rules(zone_mta: RuleClassifier) -> None:
    found = lint(zone_mta, known_replies())
    assert of_kind(found, FindingKind.IMPOSSIBLE) == [("bounces.txt", 128)]  # two blanks, where one is left
    assert [line for _, line in of_kind(found, FindingKind.SAMPLE)] == [
        75,
        127,
        130,
        177,
    ]  # not matched by the rule below
    assert of_kind(found, FindingKind.DUPLICATE) == [("bounces.txt", 303)]
    assert [line for _, line in of_kind(found, FindingKind.SHADOWED)] == [150, 360]
    assert ("bounces.txt", 478) in of_kind(found, FindingKind.MISREAD)  # an hourly limit that GoDaddy tells as 5.1.1
    assert of_kind(found, FindingKind.ODD) == of_kind(found, FindingKind.REFUSED) == []


@pytest.mark.parametrize("made", [lambda text: text, str.upper, lambda text: text.replace(" ", "  ")])
def test_no_reply_is_too_odd_to_be_read(
    kumomta: RuleClassifier,
    zone_mta: RuleClassifier,
    replies: list[tuple[ReceivedReply, str]],
    made: Callable[[str], str],
) -> None:
    for heard, _ in replies:
        for classifier in (kumomta, zone_mta):
            assert classifier.read(heard._replace(text=made(heard.text))).reason
