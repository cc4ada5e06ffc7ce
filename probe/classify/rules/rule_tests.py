"""Tests of rules that stand beside them: which class a reply must have, and which rule must decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from probe.classify import taxonomy
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import BounceRule, RuleExample, RulePlace, RuleSet, cause_at


class RuleTestFailure(NamedTuple):
    """A test that failed: where it stands, the reply, and what came out of it instead."""

    place: RulePlace
    heard: ReceivedReply
    sentence: str


def failures(classifier: RuleClassifier, tests: Sequence[RuleExample]) -> list[RuleTestFailure]:
    """Return the tests that fail, in order; raises InputError for a class that nobody knows."""
    found = ((test, _failure(classifier, test)) for test in tests)
    return [RuleTestFailure(test.place, test.heard, sentence) for test, sentence in found if sentence]


def _failure(classifier: RuleClassifier, test: RuleExample) -> str:
    """Return what is wrong, empty where nothing is."""
    decides = classifier.deciding(test.heard)
    by = "no rule matches" if decides is None else f"it is {decides.class_name} by rule {told(decides)}"
    if test.class_name is not None:
        right = _is(classifier.rule_set, decides, test.class_name, test.place)
        return "" if right else f"must be {test.class_name}, and {by}"
    rule = classifier.rule_set.rules[test.rule - 1]
    matches = rule in classifier.matching(test.heard)
    if not test.fires:
        return f"must not be matched by rule {told(rule)}, and is" if matches else ""
    return "" if decides is rule else f"must be decided by rule {told(rule)}, and {by}"


def _is(rule_set: RuleSet, decides: BounceRule | None, wanted: str, place: RulePlace) -> bool:
    """Whether what came out is a class of the rules' system, or else a cause."""
    if decides is not None and wanted == decides.class_name:
        return True
    try:
        cause = taxonomy.cause_named(wanted)
    except taxonomy.UnknownNameError:
        cause_at(place, rule_set.kind, wanted, rule_set.labels)
        return decides is None and wanted == rule_set.otherwise
    return cause is (decides.cause if decides is not None else None)


def told(rule: BounceRule) -> str:
    """Return a rule's number, name and place."""
    named = f" {rule.name}" if rule.name else ""
    return f"{rule.number}{named} ({rule.place})"
