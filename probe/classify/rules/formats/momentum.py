"""Momentum's classification overrides: ``domain,bounce_code,rule`` a line, or ``bounce_code,rule`` for reports.

A rule matches anywhere in the text; a vertical bar in it stands for any text, and everything else is literal
(support.sparkpost.com, bounce_classifier_override). An empty domain means all domains. Lines with a domain field apply
to replies of the SMTP dialogue, lines without one to delivery reports. The documentation does not say whether case
matters, or which of several rules wins: here case matters and the first rule wins.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.classify.rules.expressions.reader import quoted
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import (
    BounceRule,
    Labels,
    RuleConditions,
    RulePlace,
    RuleSet,
    RuleText,
    class_of,
    make_rule,
)
from probe.input_error import InputError

KIND: Final = "momentum"

_IN_DIALOGUE: Final = tuple(stage.value for stage in Stage if stage is not Stage.REPORT)
_OUT_OF_BAND: Final = (Stage.REPORT.value,)


def parse(files: Sequence[RuleText], labels: Labels) -> RuleSet:
    """Read override files in order; raises InputError."""
    rules: list[BounceRule] = []
    for file in files:
        for line, text in enumerate(file.text.split("\n"), 1):
            written = text.strip()
            if written and not written.startswith("#"):
                rules.append(_rule(RulePlace(len(rules) + 1, file.name, line), written, labels))
    return RuleSet(KIND, tuple(rules), ask, any_case=False, otherwise="1", labels=labels)


def ask(reply: ReceivedReply) -> str:
    """Write the reply on one line."""
    return reply.wire.replace("\n", " ")


def _rule(place: RulePlace, written: str, labels: Labels) -> BounceRule:
    domain, code, pattern = _cells(place, written)
    conditions = RuleConditions(_OUT_OF_BAND) if domain is None else RuleConditions(_IN_DIALOGUE, domain=domain.lower())
    expression = "(?s:.*)".join(map(quoted, pattern.split("|")))
    rule = make_rule(place, class_of(KIND, code, labels), expression, "re2")
    return replace(rule, source=pattern, conditions=conditions)


def _cells(place: RulePlace, written: str) -> tuple[str | None, str, str]:
    """Return domain (None if the line has no domain field), code and rule. A rule may contain commas."""
    first, _, rest = written.partition(",")
    domain = None if first.strip().isdigit() else first.strip()
    code, comma, pattern = (first, ",", rest) if domain is None else rest.partition(",")
    if pattern.startswith('"'):
        pattern = _unquoted(pattern)
    if not comma or not pattern or not code.strip().isdigit():
        raise InputError(place, f"{written[:60]!r} is not an override", "write domain,bounce_code,rule")
    return domain, code.strip(), pattern


def _unquoted(pattern: str) -> str:
    """Return what is between quotation marks; empty if it is not written as CSV has it (RFC 4180)."""
    try:
        return next(csv.reader([pattern]))[0]
    except csv.Error:
        return ""
