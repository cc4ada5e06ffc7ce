"""A classifier that reads by the rules of a file."""

from __future__ import annotations

from probe.classify import heard as words
from probe.classify.evidence import Evidence
from probe.classify.heard import Heard
from probe.classify.reading import Reading, without_reply
from probe.classify.rule_search import Search
from probe.classify.rule_set import ANY, Rule, RuleSet


class RuleClassifier:
    """Reads the words that decide by rules; the first that matches gives the cause.

    What was delivered is no bounce, and where no reply came there is nothing to read. A temporary reply is read like
    any other: whether rules look at codes is their business.
    """

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self._asked = [rule for rule in rule_set.rules if rule.expression is not None]
        self._search = Search([rule.expression or "" for rule in self._asked], any_case=rule_set.any_case)
        self._conditional = any(rule.conditions != ANY for rule in self._asked)
        self._readings = {
            rule.number: Reading(rule.cause, _reason(rule), place=str(rule.place)) for rule in self._asked
        }
        self._nothing = Reading(None, f"no rule matches ({rule_set.otherwise})")

    def classify(self, evidence: Evidence) -> Reading:
        """Say what happened."""
        settled = without_reply(evidence)
        if settled is not None:
            return settled
        rule = self.deciding(words.of(evidence))
        return self._nothing if rule is None else self._readings[rule.number]

    def deciding(self, heard: Heard) -> Rule | None:
        """Return the rule that decides, None where none matches."""
        return next(iter(self.matching(heard)), None)

    def matching(self, heard: Heard) -> list[Rule]:
        """Return every rule that matches, in order."""
        found = [self._asked[number] for number in self._search.matches(self.rule_set.ask(heard))]
        return [rule for rule in found if rule.conditions.hold(heard)] if self._conditional else found


def _reason(rule: Rule) -> str:
    named = f" {rule.name}" if rule.name else ""
    return f"rule {rule.number}{named} ({rule.place}): {rule.class_name} by {rule.asks}"
