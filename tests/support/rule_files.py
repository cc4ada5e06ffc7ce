"""Rule files in a few lines, for tests: written, read, and asked about a reply."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from fake_gateways.truth import Cause
from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.formats import PARSERS
from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.classify.rules.rule_set import BounceRule, RuleSet, RuleText

PUBLIC: Final = Path(__file__).parents[3] / "shared" / "data" / "rules"
"""Public rule files of other systems, where they are at hand."""
REPLIES: Final = PUBLIC.parent / "replies.csv"


def rules(kind: str, *texts: str, labels: Mapping[str, Cause | None] = {}) -> RuleSet:
    """Read files of a kind, named 1, 2 and so on."""
    return PARSERS[kind]([RuleText(str(number), text) for number, text in enumerate(texts, 1)], labels)


def decides(rule_set: RuleSet, said: str | ReceivedReply) -> str | None:
    """Return the class that a reply gets, None where no rule matches."""
    rule = RuleClassifier(rule_set).deciding(heard(said))
    return None if rule is None else rule.class_name


def matching(rule_set: RuleSet, said: str | ReceivedReply) -> list[int]:
    """Return the numbers of the rules that match a reply."""
    return [rule.number for rule in RuleClassifier(rule_set).matching(heard(said))]


def heard(said: str | ReceivedReply) -> ReceivedReply:
    """Return a reply as it was heard."""
    return parse_reply(said) if isinstance(said, str) else said


def lines(found: tuple[BounceRule, ...]) -> list[int]:
    """Return the lines that rules stand in."""
    return [rule.place.line for rule in found]
