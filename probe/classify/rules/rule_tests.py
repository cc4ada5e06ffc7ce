"""Runs the tests in rule files: which class a reply must have, and which rule must decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from probe.classify import taxonomy
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule, RuleExample, RulePlace, RuleSet, cause_at


class RuleTestFailure(NamedTuple):
    """A failed test: its place, the reply, and what the rules gave instead."""

    place: RulePlace
    reply: ReceivedReply
    sentence: str


def failures(classifier: RuleClassifier, tests: Sequence[RuleExample]) -> list[RuleTestFailure]:
    """Return the failed tests in order; raises InputError for an unknown class."""
    found = ((test, _failure(classifier, test)) for test in tests)
    return [RuleTestFailure(test.place, test.reply, sentence) for test, sentence in found if sentence]


def _failure(classifier: RuleClassifier, test: RuleExample) -> str:
    """Return what is wrong, empty if the test passes."""
    decides = classifier.deciding(test.reply)
    by = "no rule matches" if decides is None else f"rule {rule_label(decides)} gives {decides.class_name}"
    if test.class_name is not None:
        right = _is(classifier.rule_set, decides, test.class_name, test.place)
        return "" if right else f"must be {test.class_name}, but {by}"
    rule = classifier.rule_set.rules[test.rule - 1]
    matches = rule in classifier.matching(test.reply)
    if not test.fires:
        return f"rule {rule_label(rule)} must not match, but does" if matches else ""
    return "" if decides is rule else f"rule {rule_label(rule)} must decide, but {by}"


def _is(rule_set: RuleSet, decides: BounceRule | None, wanted: str, place: RulePlace) -> bool:
    """Whether the result is the expected class of the rules' system, or the expected cause."""
    if decides is not None and wanted == decides.class_name:
        return True
    if wanted in rule_set.unknown_classes:
        return False
    try:
        cause = taxonomy.cause_named(wanted)
    except taxonomy.UnknownNameError:
        cause_at(place, rule_set.kind, wanted, rule_set.labels)
        return decides is None and wanted == rule_set.otherwise
    return cause is (decides.cause if decides is not None else None)


def rule_label(rule: BounceRule) -> str:
    """Return the number, name and place of a rule, for people."""
    named = f" {rule.name}" if rule.name else ""
    return f"{rule.number}{named} ({rule.place})"
