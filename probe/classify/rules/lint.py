"""Finds what is wrong with rules: those that never fire, or never decide, or contradict themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from fake_gateways.truth import Cause, Fault, Remedy
from probe.classify.by_code import BY_STATUS
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.example_replies import replies_for
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule, RulePlace

if TYPE_CHECKING:  # other commands print findings' types and have no use for the personas
    from probe.classify.rules.persona_replies import PersonaReply

_MEANT: Final = BY_STATUS | {
    "7.13": Cause.MAILBOX_DISABLED,  # RFC 5248
    "7.17": Cause.ADDRESS_MOVED,  # RFC 7293
    "7.18": Cause.BAD_DOMAIN,  # RFC 7293
}
_NUMBERS: Final = re.compile(r"([45])[0-9]{2}(?:[ -]+(?:#?([45]\.[0-9]{1,3}\.[0-9]{1,3})))?")
_SHOWN: Final = 100
"""Characters of a reply that are shown."""


class FindingKind(StrEnum):
    """What is wrong."""

    REFUSED = "refused"
    """The engine cannot run the expression."""
    ODD = "odd"
    """The line is not written as its format asks."""
    DUPLICATE = "duplicate"
    IMPOSSIBLE = "impossible"
    """No reply can match, as the system writes replies before it asks."""
    SHADOWED = "shadowed"
    """Earlier rules decide whatever it matches."""
    CONTRADICTION = "contradiction"
    """What it matches by its numbers means something else than its class."""
    MISREAD = "misread"
    """A reply that is known was said for another reason than the rule gives, and somebody's address pays for it."""
    SAMPLE = "sample"
    """The reply in the comment above a rule is not decided by the rule."""
    NEVER_FIRES = "never-fires"
    """It matches none of the replies that are known."""


class LintFinding(NamedTuple):
    """Something wrong: what, where, and a sentence about it."""

    kind: FindingKind
    place: RulePlace
    sentence: str


class RuleOverview(NamedTuple):
    """How rules read replies: how many are matched by rules of several classes, and how many by none."""

    replies: int
    ambiguous: int
    unread: int


def overview(classifier: RuleClassifier, replies: Sequence[ReceivedReply]) -> RuleOverview:
    """Count how rules read replies."""
    classes = [{rule.class_name for rule in classifier.matching(heard)} for heard in replies]
    return RuleOverview(len(replies), sum(len(each) > 1 for each in classes), sum(not each for each in classes))


def lint(classifier: RuleClassifier, known: Sequence[PersonaReply]) -> list[LintFinding]:
    """Return what is wrong with a classifier's rules, by replies that are known and replies made up, in their order."""
    rule_set = classifier.rule_set
    named = [example.heard for example in (*rule_set.tests, *rule_set.samples)]
    matched: dict[int, list[tuple[ReceivedReply, BounceRule]]] = {rule.number: [] for rule in rule_set.rules}
    for heard in dict.fromkeys([*(each.heard for each in known), *named]):
        matching = classifier.matching(heard)
        for rule in matching:
            matched[rule.number].append((heard, matching[0]))
    found: list[LintFinding] = []
    seen: dict[object, BounceRule] = {}
    for rule in rule_set.rules:
        found += _of_rule(rule, classifier, matched[rule.number], seen)
    found += _misread(classifier, known)
    found += _of_samples(classifier)
    return sorted(found, key=lambda finding: (finding.place.file, finding.place.line, finding.place.number))


def shown(heard: ReceivedReply) -> str:
    """Return a reply as a line, cut off where it is long."""
    said = " ".join(heard.wire.split())
    return said if len(said) <= _SHOWN else f"{said[: _SHOWN - 3]}..."


def _of_rule(
    rule: BounceRule,
    classifier: RuleClassifier,
    known: list[tuple[ReceivedReply, BounceRule]],
    seen: dict[object, BounceRule],
) -> Iterator[LintFinding]:
    if rule.oddity:
        yield LintFinding(FindingKind.ODD, rule.place, rule.oddity)
    if rule.expression is None:
        yield LintFinding(FindingKind.REFUSED, rule.place, f"{rule.source}: {rule.refused}; the rule never fires")
        return
    first = seen.setdefault((rule.expression, rule.conditions), rule)
    if first is not rule:
        other = "" if first.class_name == rule.class_name else f", and would be {rule.class_name}"
        yield LintFinding(FindingKind.DUPLICATE, rule.place, f"is the same as rule {_told(first, rule.place)}{other}")
        return
    guessed = replies_for(rule, classifier.rule_set)
    made = [(heard, matching[0]) for heard in guessed if rule in (matching := classifier.matching(heard))]
    if guessed and not made and not known:
        asked = classifier.rule_set.ask(guessed[0])
        yield LintFinding(
            FindingKind.IMPOSSIBLE, rule.place, f"{rule.asks} matches no reply; one such would be asked as {asked!r}"
        )
        return
    yield from _contradictions(rule, [heard for heard, _ in made])
    if (known or made) and all(decides is not rule for _, decides in (*known, *made)):
        heard, decides = (known or made)[0]
        told = "" if known else "made up: "
        yield LintFinding(
            FindingKind.SHADOWED, rule.place, f"rule {_told(decides, rule.place)} comes first: {told}{shown(heard)}"
        )
    if not known:
        yield LintFinding(FindingKind.NEVER_FIRES, rule.place, f"{rule.asks} matches no reply that is known")


def _contradictions(rule: BounceRule, made: list[ReceivedReply]) -> Iterator[LintFinding]:
    numbers = [_NUMBERS.match(heard.wire) for heard in made]
    if rule.cause is None or not made or not all(numbers):
        return
    told = [(each[1], each[2]) for each in numbers if each]
    if all("4" in (code, (status or " ")[0]) for code, status in told):
        if rule.cause.remedy is Remedy.SUPPRESS:
            problem = f"only temporary replies match, and for {rule.class_name} an address is suppressed"
            example = next((heard for heard in made if str(heard.code)[0] == "4"), made[0])
            yield LintFinding(FindingKind.CONTRADICTION, rule.place, f"{problem}: {shown(example)}")
        return
    words = any(heard.wire[each.end() :].strip(" x.,;:") for heard, each in zip(made, numbers, strict=True) if each)
    meant = {_MEANT.get(status[2:]) if status else None for _, status in told}
    faults = {cause.fault for cause in meant if cause is not None}
    if words or None in meant or len(faults) > 1:
        return
    if (Fault.RECIPIENT in faults) is not (rule.cause.fault is Fault.RECIPIENT):
        statuses = ", ".join(sorted({str(status) for _, status in told})[:3])
        causes = " or ".join(sorted(str(cause) for cause in meant))
        problem = f"{statuses} means {causes}, and alone is called {rule.class_name} ({rule.cause}) here"
        yield LintFinding(FindingKind.CONTRADICTION, rule.place, problem)


def _misread(classifier: RuleClassifier, known: Sequence[PersonaReply]) -> Iterator[LintFinding]:
    """Yield the first reply of each rule that suppresses a living address, or keeps a dead one."""
    reasons: dict[tuple[object, ...], set[Cause]] = {}
    for each in known:
        reasons.setdefault(each.heard[:3], set()).add(each.cause)
    told: set[int] = set()
    for each in known:
        decides = classifier.deciding(each.heard)
        ends = {cause.remedy is Remedy.SUPPRESS for cause in reasons[each.heard[:3]]}
        if decides is None or decides.cause is None or decides.number in told or len(ends) > 1:
            continue
        if (decides.cause.remedy is Remedy.SUPPRESS) not in ends:
            told.add(decides.number)
            problem = f"{each.persona} says it for {each.cause}, and it is read as {decides.class_name}"
            yield LintFinding(FindingKind.MISREAD, decides.place, f"{problem}: {shown(each.heard)}")


def _of_samples(classifier: RuleClassifier) -> Iterator[LintFinding]:
    rules = {rule.number: rule for rule in classifier.rule_set.rules}
    for sample in classifier.rule_set.samples:
        decides, rule = classifier.deciding(sample.heard), rules[sample.rule]
        matches = rule in classifier.matching(sample.heard)
        if matches and decides is not None and decides.class_name == rule.class_name:
            continue
        by = "no rule matches it" if decides is None else f"rule {_told(decides, sample.place)} decides"
        under = "" if matches else f"; rule {_told(rule, sample.place)} under it does not match"
        yield LintFinding(FindingKind.SAMPLE, sample.place, f"{shown(sample.heard)}: {by}{under}")


def _told(rule: BounceRule, seen_from: RulePlace) -> str:
    where = f"line {rule.place.line}" if rule.place.file == seen_from.file and rule.place.line else str(rule.place)
    return f"{rule.number} ({where}, {rule.class_name})"
