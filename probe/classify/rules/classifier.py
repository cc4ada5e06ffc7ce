"""A classifier that reads by the rules of a file."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from probe.classify.evidence import Evidence
from probe.classify.reading import Reading, without_reply
from probe.classify.rules.reply import ReceivedReply, deciding_reply
from probe.classify.rules.rule_set import ANY, BounceRule, RuleSet
from probe.classify.rules.search import Search
from probe.records.attempt import Outcome

_REMEMBERED: Final = 2_048
"""Replies whose reading is remembered, whole and as they are: about half of all repeat one to the letter."""
_LONGEST: Final = 1_000
"""Characters of a reply that is remembered."""


class RuleClassifier:
    """Reads the words that decide by rules; the first that matches gives the cause.

    What was delivered is no bounce, and where no reply came there is nothing to read. A temporary reply is read like
    any other: whether rules look at codes is their business.
    """

    def __init__(self, rule_set: RuleSet) -> None:
        self.rule_set = rule_set
        self._asked = [rule for rule in rule_set.rules if rule.expression is not None]
        self._search = Search([rule.expression or "" for rule in self._asked], any_case=rule_set.any_case)
        self._by_domain = any(rule.conditions.domain for rule in self._asked)
        self._readings = {
            rule.number: Reading(rule.cause, _reason(rule), place=str(rule.place)) for rule in self._asked
        }
        self._nothing = Reading(None, f"no rule matches ({rule_set.otherwise})")
        self._remembered = lru_cache(_REMEMBERED)(self.read)

    def classify(self, evidence: Evidence) -> Reading:
        """Say what happened."""
        last = evidence.last
        if last.code is None or last.outcome == Outcome.DELIVERED:
            settled = without_reply(evidence)
            if settled is not None:
                return settled
        heard = deciding_reply(evidence, evidence.recipient if self._by_domain else "")
        return self._remembered(heard) if len(heard.text) <= _LONGEST else self.read(heard)

    def read(self, heard: ReceivedReply) -> Reading:
        """Read what was heard."""
        rule = self.deciding(heard)
        return self._nothing if rule is None else self._readings[rule.number]

    def deciding(self, heard: ReceivedReply) -> BounceRule | None:
        """Return the rule that decides, None where none matches."""
        for number in self._search.matches(self.rule_set.ask(heard)):
            rule = self._asked[number]
            if rule.conditions is ANY or rule.conditions.hold(heard):
                return rule
        return None

    def matching(self, heard: ReceivedReply) -> list[BounceRule]:
        """Return every rule that matches, in order."""
        found = [self._asked[number] for number in self._search.matches(self.rule_set.ask(heard))]
        return [rule for rule in found if rule.conditions.hold(heard)]


def _reason(rule: BounceRule) -> str:
    named = f" {rule.name}" if rule.name else ""
    return f"rule {rule.number}{named} ({rule.place}): {rule.class_name} by {rule.asks}"
