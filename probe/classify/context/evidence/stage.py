"""Where in the dialogue it was said, and what the server could know by then."""

from __future__ import annotations

from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from probe.classify.context.case import Case
from probe.classify.context.replies_by_stage import RANK

_AFTER_MESSAGE = {Stage.DATA, Stage.END_OF_DATA}


def before_any_recipient(case: Case) -> float:
    """Say 1 where the refusal came before a recipient was named, so it cannot be about one.

    RFC 5321 section 3.3: RCPT follows MAIL. Ten public classifiers do not look (evidence.md, how today's classifiers
    answer a lie).
    """
    return 1.0 if case.stage in BEFORE_RCPT else 0.0


def after_the_message(case: Case) -> float:
    """Say 1 where the recipient was taken first and the refusal came in reply to the message.

    By then the filter had read it; NTT docomo, KDDI, ESET answer unwanted mail so (gateways.md 1.1 rows 2 and 4).
    Some servers look nobody up before (Yahoo, gateways.md 3.6), so it is no proof.
    """
    return 1.0 if case.stage in _AFTER_MESSAGE else 0.0


def after_the_message_though_others_were_told_at_once(case: Case) -> float:
    """Weigh how many others the exchanger refused at RCPT, where this one was taken there and refused later.

    A server that knows its recipients at RCPT does not find out at the end that one is missing (gateways.md 4, what
    lets a checker separate, 3).
    """
    if case.stage not in _AFTER_MESSAGE:
        return 0.0
    return min(case.place.refused_at(RANK[Stage.RCPT]), 4) / 4
