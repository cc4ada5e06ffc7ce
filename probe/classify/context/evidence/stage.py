"""The stage of the refusal, and what the server could know by then."""

from __future__ import annotations

from fake_gateways.smtp.envelope import BEFORE_RCPT, Stage
from probe.classify.context.case import RefusalCase
from probe.classify.context.replies_by_stage import RANK

_AFTER_MESSAGE = {Stage.DATA, Stage.END_OF_DATA}
_AFTER_RCPT = _AFTER_MESSAGE | {Stage.REPORT}


def before_any_recipient(case: RefusalCase) -> float:
    """Return 1 if the refusal came before a recipient was named, so it cannot be about one.

    RFC 5321 section 3.3: RCPT follows MAIL.
    """
    return 1.0 if case.refusal.stage in BEFORE_RCPT else 0.0


def after_the_message(case: RefusalCase) -> float:
    """Return 1 if the recipient was accepted first and the refusal came in reply to the message.

    By then the filter has read it: NTT docomo, KDDI and ESET answer unwanted mail like this (sisimai, rhost-nttdocomo,
    rhost-kddi; ESET Mail Security manual, page 20). It is no proof: Yahoo looks recipients up only after DATA.
    """
    return 1.0 if case.refusal.stage in _AFTER_MESSAGE else 0.0


def after_message_but_others_at_rcpt(case: RefusalCase) -> float:
    """Weigh how many others the exchanger refused at RCPT, if this one was accepted there and refused later.

    A server that knows its recipients at RCPT does not find out later that one is missing (sisimai,
    Reason/Filtered.pm).
    """
    if case.refusal.stage not in _AFTER_RCPT:
        return 0.0
    return min(case.exchanger.refused_at(RANK[Stage.RCPT]), 4) / 4
