"""What a recipient's first refusal shows by itself, without the replies to others."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage, domain_of
from fake_gateways.truth import Cause
from probe.classify.by_code import cause_of_numbers
from probe.classify.context.vendor import organisation_of, vendor_of
from probe.classify.context.words import ReplyTopics, pattern_of, topics_in, topics_of
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome
from probe.records.returned import ReturnedKind

_READ_BY: Final = {ReturnedKind.AUTO_REPLY, ReturnedKind.COMPLAINT, ReturnedKind.FEEDBACK}
"""Mail that comes back because a message has reached a mailbox that somebody has."""


class Refusal(NamedTuple):
    """A recipient's first refusal in a campaign, or the delivery report that came back after an acceptance.

    Attributes:
        key: The number by which its exchanger's observations find it (see ``key_of``).
        exchanger: The name of the exchanger that answered.
        vendor: The vendor of the gateway; if it is not known, the organisation that the exchanger belongs to.
        company: The recipient's domain.
        at: The time of the refused attempt; for a report, of the attempt that was accepted. The same holds below.
        source: The address that it was sent from.
        message: The message that was sent.
        is_later: Whether others were sent before it in the same connection.
        is_reported: Whether the refusal came in a delivery report, after an acceptance.
        stage: The stage of the dialogue at which the refusal came.
        pattern: The pattern of its text.
        by_code: The cause that the code and the status stand for.
        quotes_source: Whether the reply quotes the source address.
        active_at: The time of the last delivery of earlier campaigns, open or click; None without any.
        engaged_at: The time of the last open, click, automatic answer or complaint; None without any.
        refused_before: How many earlier campaigns, the last ones without a break, were also permanently refused.
        delivered_again: Whether an earlier delivery followed an earlier refusal.
        deferred: Whether an earlier attempt was deferred.
        deferred_for_sending: Whether one was deferred with a text that blames the sender.
    """

    key: int
    exchanger: str
    vendor: str
    company: str
    at: float
    source: str
    message: str
    is_later: bool
    is_reported: bool
    stage: str
    pattern: str
    by_code: Cause | None
    quotes_source: bool
    active_at: float | None
    engaged_at: float | None
    refused_before: int
    delivered_again: bool
    deferred: bool
    deferred_for_sending: bool


def refusal_of(evidence: Evidence, attempt: Attempt) -> Refusal:
    """Return what one attempt of a recipient shows: a refused one, or an accepted one that was reported later."""
    is_reported = attempt.outcome == Outcome.DELIVERED
    index = evidence.attempts.index(attempt)
    told = attempt._replace(stage=Stage.REPORT.value) if is_reported else attempt
    code, status, text = evidence.heard_at(index)
    source, before = attempt.local_address, evidence.before
    deliveries = [past.last.at for past in before if not past.bounced]
    refusals = [past.last.at for past in before if past.last.outcome == Outcome.REFUSED]
    engaged = [each.at for each in evidence.opened]
    engaged += [row.at for past in before for row in past.returned if row.kind in _READ_BY]
    deferrals = [each for each in evidence.attempts if each.at < attempt.at and each.outcome == Outcome.DEFERRED]
    exchanger = exchanger_of(attempt)
    return Refusal(
        key=key_of(told),
        exchanger=exchanger,
        vendor=operator_of(attempt),
        company=domain_of(attempt.recipient),
        at=attempt.at,
        source=source,
        message=attempt.message,
        is_later=attempt.position > 1,
        is_reported=is_reported,
        stage=told.stage,
        pattern=topics_in(pattern_of(text, attempt.recipient)).pattern,
        by_code=None if code is None else cause_of_numbers(code, status)[0],
        quotes_source=bool(source) and source in text,
        active_at=max(deliveries + engaged, default=None),
        engaged_at=max(engaged, default=None),
        refused_before=_refused_last(before),
        delivered_again=bool(refusals and deliveries) and max(deliveries) > min(refusals),
        deferred=bool(deferrals),
        deferred_for_sending=any(topics_of(each).blames_sender for each in deferrals),
    )


def topics_about(evidence: Evidence, index: int) -> ReplyTopics:
    """Return what the reply to an attempt mentions, or the report about it."""
    return topics_in(pattern_of(evidence.heard_at(index)[2], evidence.recipient))


def is_reported_gone(evidence: Evidence, index: int) -> bool:
    """Whether a report says that an accepted message was refused in the end. One that only expired was not."""
    attempt = evidence.attempts[index]
    if not evidence.returned or attempt.outcome != Outcome.DELIVERED or evidence.report_on(index) is None:
        return False
    code, status, text = evidence.heard_at(index)
    is_temporary = (code is not None and code < 500) or (status is not None and status.startswith("4"))
    return not is_temporary and not topics_in(pattern_of(text, evidence.recipient)).says_not_reached


def _refused_last(before: tuple[Evidence, ...]) -> int:
    """Return how many campaigns were refused, counted from the last one back to the first that was not."""
    found = 0
    for past in reversed(before):
        if not past.bounced or past.last.outcome not in {Outcome.REFUSED, Outcome.DELIVERED}:
            break
        found += 1
    return found


def exchanger_of(attempt: Attempt) -> str:
    """Return the name of the exchanger of an attempt, its recipient's domain if the exchanger is not known."""
    return attempt.mx_address or attempt.mx or domain_of(attempt.recipient)


def operator_of(attempt: Attempt) -> str:
    """Return the vendor of an attempt's gateway; if it is not known, the organisation that the exchanger belongs to."""
    return vendor_of(attempt.mx, attempt.greeting) or organisation_of(attempt.mx) or exchanger_of(attempt)


def key_of(attempt: Attempt) -> int:
    """Return a number of 64 bits that tells a refusal from others at the same exchanger at the same time."""
    told = f"{attempt.recipient}\n{attempt.local_address}\n{attempt.stage}".encode(errors="backslashreplace")
    return int.from_bytes(blake2b(told, digest_size=8).digest())
