"""Which cause the circumstances speak for, where the words are not believed."""

from __future__ import annotations

from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from fake_gateways.truth import Cause, Fault
from probe.classify.context.case import Case
from probe.classify.context.evidence import other_companies as elsewhere
from probe.classify.context.evidence import runs
from probe.classify.context.evidence import sender_conditions as conditions

_WORTH_NAMING = 1.0


def likely_cause(case: Case, alive: float) -> Cause:
    """Return the likeliest cause: what a refusal says of the recipient, if that is believed, or else the best guess.

    An open word about the sending is believed; a refusal that follows the source address is for its reputation, one
    that follows the message or comes in reply to it is for its content, a run is for speed.
    """
    said = case.words.cause
    if said is not None and said.fault is not Fault.RECIPIENT:
        return said
    if alive < 0.5:
        return said or Cause.USER_UNKNOWN
    if case.seat is None:
        return Cause.UNKNOWN
    if case.words.of_speed or case.words.of_time:
        return Cause.VELOCITY
    if case.words.of_list or case.stage in BEFORE_MAIL:
        return Cause.IP_REPUTATION
    by_address = max(
        conditions.this_address_only(case), runs.others_meanwhile(case), elsewhere.address_lately_at_the_vendor(case)
    )
    by_message = conditions.this_message_only(case)
    if max(by_address, by_message) >= _WORTH_NAMING:
        return Cause.IP_REPUTATION if by_address >= by_message else Cause.CONTENT
    if case.stage in {Stage.DATA, Stage.END_OF_DATA}:
        return Cause.CONTENT
    run = case.run
    return Cause.VELOCITY if run is not None and run.length > 2 and run.ended is not None else Cause.UNKNOWN
