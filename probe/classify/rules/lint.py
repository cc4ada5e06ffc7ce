"""Finds mistakes in rules: rules that never match, never decide, or contradict themselves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Final, NamedTuple

from fake_gateways.truth import Cause, Fault, Remedy
from probe.classify.by_code import BY_STATUS
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.example_replies import replies_for
from probe.classify.rules.expressions.literal import meant_literally
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import LABEL_REMEDY, BounceRule, RulePlace

if TYPE_CHECKING:  # other commands print findings' types and have no use for the personas
    from probe.classify.rules.persona_replies import PersonaReply

_MEANT: Final = BY_STATUS | {
    "7.13": Cause.MAILBOX_DISABLED,  # RFC 5248
    "7.17": Cause.ADDRESS_MOVED,  # RFC 7293
    "7.18": Cause.BAD_DOMAIN,  # RFC 7293
}
_NUMBERS: Final = re.compile(r"([45])[0-9]{2}(?:[ -]+(?:#?([45]\.[0-9]{1,3}\.[0-9]{1,3})))?")
_VALUES: Final = re.compile(r"<[^<>]*>|\[[^][]*\]|[\w.+-]+@[\w.-]+|\S*://\S*|\S*[0-9]\S*")
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_EITHER: Final = "mailbox unavailable"
"""RFC 5321 section 4.2.3: "mailbox not found, no access, or command rejected for policy reasons"."""
_SHOWN: Final = 100
"""The number of characters of a reply that a finding shows."""


class FindingKind(StrEnum):
    """The kind of mistake."""

    REFUSED = "refused"
    """The engine cannot run the expression."""
    ODD = "odd"
    """The line does not follow its format."""
    DUPLICATE = "duplicate"
    IMPOSSIBLE = "impossible"
    """No reply can match in the form in which the system presents replies to its rules."""
    SHADOWED = "shadowed"
    """Earlier rules decide all that it matches."""
    CONTRADICTION = "contradiction"
    """The code or status that it matches means something else than its class."""
    MISREAD = "misread"
    """A known reply has another cause than the rule gives, so a living address is suppressed or a dead one kept."""
    SAMPLE = "sample"
    """The rule does not decide the sample reply in the comment above it."""
    UNKNOWN_CLASS = "unknown-class"
    """Neither the system nor a label has the class, so the rule's cause is not known."""
    LITERAL = "literal"
    """It matches no known reply, and an operator in it seems to be meant as a character."""
    NEVER_FIRES = "never-fires"
    """It matches no known reply."""


class LintFinding(NamedTuple):
    """A mistake: its kind, its place, and a sentence about it."""

    kind: FindingKind
    place: RulePlace
    sentence: str


class RuleOverview(NamedTuple):
    """How many replies there are, how many match rules of several classes, and how many match no rule."""

    replies: int
    ambiguous: int
    unread: int


def overview(classifier: RuleClassifier, replies: Sequence[ReceivedReply]) -> RuleOverview:
    """Count how the rules read replies."""
    classes = [{rule.class_name for rule in classifier.matching(reply)} for reply in replies]
    return RuleOverview(len(replies), sum(len(each) > 1 for each in classes), sum(not each for each in classes))


def lint(classifier: RuleClassifier, known: Sequence[PersonaReply]) -> list[LintFinding]:
    """Check a classifier's rules with known and made-up replies; return the findings in the order of the rules."""
    rule_set = classifier.rule_set
    named = [example.reply for example in (*rule_set.tests, *rule_set.samples)]
    matched: dict[int, list[tuple[ReceivedReply, BounceRule]]] = {rule.number: [] for rule in rule_set.rules}
    for reply in dict.fromkeys([*(each.reply for each in known), *named]):
        matching = classifier.matching(reply)
        for rule in matching:
            matched[rule.number].append((reply, matching[0]))
    found: list[LintFinding] = []
    seen: dict[object, BounceRule] = {}
    for name, rule in rule_set.unknown_classes.items():
        problem = f"{name!r} is neither a class of {rule_set.kind} nor a label, so its cause is not known"
        found.append(LintFinding(FindingKind.UNKNOWN_CLASS, rule.place, f"{problem}; {LABEL_REMEDY.format(name)}"))
    for rule in rule_set.rules:
        found += _of_rule(rule, classifier, matched[rule.number], seen)
    found += _misread(classifier, known)
    found += _of_samples(classifier)
    return sorted(found, key=lambda finding: (finding.place.file, finding.place.line, finding.place.number))


def shown(reply: ReceivedReply) -> str:
    """Return a reply on one line, shortened if it is long."""
    text = " ".join(reply.wire.split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."


def _of_rule(
    rule: BounceRule,
    classifier: RuleClassifier,
    known: list[tuple[ReceivedReply, BounceRule]],
    seen: dict[object, BounceRule],
) -> Iterator[LintFinding]:
    if rule.oddity:
        yield LintFinding(FindingKind.ODD, rule.place, rule.oddity)
    if rule.expression is None:
        yield LintFinding(FindingKind.REFUSED, rule.place, f"{rule.source}: {rule.refused}; the rule never matches")
        return
    first = seen.setdefault((rule.expression, rule.conditions), rule)
    if first is not rule:
        other = "" if first.class_name == rule.class_name else f"; its class {rule.class_name} is never used"
        yield LintFinding(FindingKind.DUPLICATE, rule.place, f"is the same as rule {_label(first, rule.place)}{other}")
        return
    guessed = replies_for(rule, classifier.rule_set)
    made = [(reply, matching[0]) for reply in guessed if rule in (matching := classifier.matching(reply))]
    if guessed and not made and not known:
        asked = classifier.rule_set.ask(guessed[0])
        yield LintFinding(
            FindingKind.IMPOSSIBLE,
            rule.place,
            f"{rule.asks} matches no reply; the system would present one as {asked!r}",
        )
        return
    yield from _contradictions(rule, [reply for reply, _ in made])
    if (known or made) and all(decides is not rule for _, decides in (*known, *made)):
        reply, decides = (known or made)[0]
        origin = "" if known else "made up: "
        yield LintFinding(
            FindingKind.SHADOWED, rule.place, f"rule {_label(decides, rule.place)} comes first: {origin}{shown(reply)}"
        )
    meant = () if known else meant_literally(rule.expression)
    yield from (LintFinding(FindingKind.LITERAL, rule.place, each) for each in meant)
    if not known and not meant:
        yield LintFinding(FindingKind.NEVER_FIRES, rule.place, f"{rule.asks} matches no known reply")


def _contradictions(rule: BounceRule, made: list[ReceivedReply]) -> Iterator[LintFinding]:
    numbers = [_NUMBERS.match(reply.wire) for reply in made]
    if rule.cause is None or not made or not all(numbers):
        return
    numbered = [(each[1], each[2]) for each in numbers if each]
    if all("4" in (code, (status or " ")[0]) for code, status in numbered):
        if rule.cause.remedy is Remedy.SUPPRESS:
            problem = f"only temporary replies match, but {rule.class_name} suppresses the address"
            example = next((reply for reply in made if str(reply.code)[0] == "4"), made[0])
            yield LintFinding(FindingKind.CONTRADICTION, rule.place, f"{problem}: {shown(example)}")
        return
    words = any(reply.wire[each.end() :].strip(" x.,;:") for reply, each in zip(made, numbers, strict=True) if each)
    meant = {_MEANT.get(status[2:]) if status else None for _, status in numbered}
    faults = {cause.fault for cause in meant if cause is not None}
    if words or None in meant or len(faults) > 1:
        return
    if (Fault.RECIPIENT in faults) is not (rule.cause.fault is Fault.RECIPIENT):
        statuses = ", ".join(sorted({str(status) for _, status in numbered})[:3])
        causes = " or ".join(sorted(str(cause) for cause in meant))
        problem = f"{statuses} means {causes}, but here it alone gives {rule.class_name} ({rule.cause})"
        yield LintFinding(FindingKind.CONTRADICTION, rule.place, problem)


def _misread(classifier: RuleClassifier, known: Sequence[PersonaReply]) -> Iterator[LintFinding]:
    """Yield, for each rule, the first known reply for which it suppresses a living address or keeps a dead one.

    What is said for a cause of either kind is left out, whatever the code, the vendor and the values in it: there is no
    right class for it.
    """
    reasons: dict[str, set[bool]] = {}
    for each in known:
        reasons.setdefault(_words(each.reply), set()).add(each.cause.remedy is Remedy.SUPPRESS)
    reported: set[int] = set()
    for each in known:
        decides = classifier.deciding(each.reply)
        words = _words(each.reply)
        ends = reasons[words]
        if decides is None or decides.cause is None or decides.number in reported or len(ends) > 1:
            continue
        if words.endswith(_EITHER):
            continue
        if (decides.cause.remedy is Remedy.SUPPRESS) not in ends:
            reported.add(decides.number)
            problem = f"{each.persona} says this for {each.cause}, but the rule gives {decides.class_name}"
            yield LintFinding(FindingKind.MISREAD, decides.place, f"{problem}: {shown(each.reply)}")


def _words(reply: ReceivedReply) -> str:
    """Return the words of a reply without addresses, numbers and links."""
    return " ".join(_LETTERS.findall(_VALUES.sub(" ", reply.text.lower()))) or reply.wire


def _of_samples(classifier: RuleClassifier) -> Iterator[LintFinding]:
    rules = {rule.number: rule for rule in classifier.rule_set.rules}
    for sample in classifier.rule_set.samples:
        decides, rule = classifier.deciding(sample.reply), rules[sample.rule]
        matches = rule in classifier.matching(sample.reply)
        if matches and decides is not None and decides.class_name == rule.class_name:
            continue
        by = "no rule matches it" if decides is None else f"rule {_label(decides, sample.place)} decides"
        under = "" if matches else f"; rule {_label(rule, sample.place)} below it does not match"
        yield LintFinding(FindingKind.SAMPLE, sample.place, f"{shown(sample.reply)}: {by}{under}")


def _label(rule: BounceRule, seen_from: RulePlace) -> str:
    where = f"line {rule.place.line}" if rule.place.file == seen_from.file and rule.place.line else str(rule.place)
    return f"{rule.number} ({where}, {rule.class_name})"
