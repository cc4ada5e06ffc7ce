"""The most likely cause of a refusal, where its text may be wrong."""

from __future__ import annotations

from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.truth import Cause, Fault
from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import other_companies, runs, sender_conditions

_WORTH_NAMING = 1.0
"""Nats of evidence for the source address or the message, above which that is the cause."""


def likely_cause(case: RefusalCase, alive: float) -> Cause:
    """Return the most likely cause, given the probability that the mailbox is alive.

    A text that blames the sender is believed. So is one that blames the recipient, if the mailbox is probably gone.
    Otherwise the circumstances decide: a refusal that follows the source address is about its reputation, one that
    follows the message or comes in reply to it is about content, and a run of refusals is about speed.
    """
    stated = case.topics.cause
    if stated is not None and stated.fault is not Fault.RECIPIENT:
        return stated
    if alive < 0.5:
        return stated or Cause.USER_UNKNOWN
    if case.position is None:
        return Cause.UNKNOWN
    if case.topics.mentions_rate or case.topics.mentions_time:
        return Cause.VELOCITY
    if case.topics.mentions_list or case.refusal.stage in BEFORE_MAIL:
        return Cause.IP_REPUTATION
    by_address = max(
        sender_conditions.this_address_refused_more(case),
        runs.other_addresses_during_run(case),
        other_companies.address_refused_more_at_vendor(case),
    )
    by_message = sender_conditions.this_message_refused_more(case)
    if max(by_address, by_message) >= _WORTH_NAMING:
        return Cause.IP_REPUTATION if by_address >= by_message else Cause.CONTENT
    if case.refusal.stage in {Stage.DATA, Stage.END_OF_DATA}:
        return Cause.CONTENT
    run = case.run
    return Cause.VELOCITY if run is not None and run.length > 2 and run.accepted_after is not None else Cause.UNKNOWN
