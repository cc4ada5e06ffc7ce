"""Makes replies that a rule should match, from its expression and conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.classify.rules.expressions import examples
from probe.classify.rules.reply import ReceivedReply, parse_reply
from probe.classify.rules.rule_set import OWN, BounceRule, RuleSet

MOST: Final = 12
"""The number of replies made for a rule."""

_CODE: Final = re.compile(r"[245][0-9]{2}(?:[ -]|$)")
_STATUS: Final = re.compile(r"([245])\.[0-9]{1,3}\.[0-9]{1,3}")


def replies_for(rule: BounceRule, rule_set: RuleSet) -> list[ReceivedReply]:
    """Return replies that the rule seems to be written for. It need not match them."""
    if rule.expression is None:
        return []
    texts = examples(rule.expression, any_case=rule_set.any_case)
    made = _of_conditions(rule, texts) if rule_set.kind == OWN else _of_texts(rule, texts)
    return list(dict.fromkeys(islice(made, MOST * 4)))


def _of_texts(rule: BounceRule, texts: list[str]) -> Iterator[ReceivedReply]:
    """Yield each text as a reply; a missing code is added."""
    stage = Stage.REPORT if rule.conditions.stages == (Stage.REPORT,) else Stage.RCPT
    recipient = f"anna@{rule.conditions.domain}" if rule.conditions.domain else ""
    for text in texts:
        status = _STATUS.match(text)
        before_it = [f"{status[1]}50 "] if status else ["250 "] if text.startswith("2") else ["550 ", "450 "]
        begun = [""] if _CODE.match(text) else before_it
        for before in begun:
            for after in ("", " x"):
                yield parse_reply(f"{before}{text.rstrip(';') if status else text}{after}", stage, recipient)


def _of_conditions(rule: BounceRule, texts: list[str]) -> Iterator[ReceivedReply]:
    """Yield replies with the codes, statuses and texts that the rule asks for."""
    conditions = rule.conditions
    statuses: list[str | None] = [status.replace("x", "0") for status in conditions.statuses]
    for status in statuses or [None]:
        for code in conditions.codes or ([f"{status[0]}50"] if status and status[0] in "45" else ["550", "450"]):
            number = int((code if code[0] != "x" else f"5{code[1:]}").replace("x", "0"))
            for text in texts or [""]:
                for stage in conditions.stages or (Stage.RCPT,):
                    yield ReceivedReply(number, status, text, stage)
