"""A classifier that reads by rules."""

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
"""The number of replies whose readings are cached: about half of all replies repeat an earlier one exactly."""
_LONGEST: Final = 1_000
"""Longer replies, in characters, are not cached."""


class RuleClassifier:
    """Reads the reply that decides; the first rule that matches gives the cause.

    A delivery is not a bounce, and without a reply there is nothing to read. A temporary reply is read like any other:
    the rules decide whether codes matter.
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
        """Return a reading of one recipient."""
        last = evidence.last
        if last.code is None or last.outcome == Outcome.DELIVERED:
            settled = without_reply(evidence)
            if settled is not None:
                return settled
        reply = deciding_reply(evidence, evidence.recipient if self._by_domain else "")
        return self._remembered(reply) if len(reply.text) <= _LONGEST else self.read(reply)

    def read(self, reply: ReceivedReply) -> Reading:
        """Return the reading of a reply."""
        rule = self.deciding(reply)
        return self._nothing if rule is None else self._readings[rule.number]

    def deciding(self, reply: ReceivedReply) -> BounceRule | None:
        """Return the rule that decides, None if none matches."""
        for number in self._search.matches(self.rule_set.ask(reply)):
            rule = self._asked[number]
            if rule.conditions is ANY or rule.conditions.met_by(reply):
                return rule
        return None

    def matching(self, reply: ReceivedReply) -> list[BounceRule]:
        """Return every rule that matches, in order."""
        found = [self._asked[number] for number in self._search.matches(self.rule_set.ask(reply))]
        return [rule for rule in found if rule.conditions.met_by(reply)]


def _reason(rule: BounceRule) -> str:
    named = f" {rule.name}" if rule.name else ""
    unknown = "" if rule.is_class_known else ", a class of no known cause,"
    return f"rule {rule.number}{named} ({rule.place}): {rule.class_name}{unknown} by {rule.asks}"
