"""What a recipient's first refusal shows by itself, without the replies to others."""

from __future__ import annotations

from hashlib import blake2b
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage, domain_of
from fake_gateways.truth import Cause
from probe.classify.by_code import ByCode
from probe.classify.context.vendor import vendor_of
from probe.classify.context.words import pattern_of, topics_in, topics_of
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome

_CODE: Final = ByCode()


class Refusal(NamedTuple):
    """A recipient's first refusal in a campaign, or the delivery report that came back after an acceptance.

    Attributes:
        key: The number by which its exchanger's observations find it (see ``key_of``).
        exchanger: The name of the exchanger that answered.
        vendor: The vendor of the gateway, empty if it is not known.
        at: The time of the refused attempt; for a report, of the attempt that was accepted. The same holds below.
        source: The address that it was sent from.
        message: The message that was sent.
        is_later: Whether others were sent before it in the same connection.
        is_reported: Whether the refusal came in a delivery report, after an acceptance.
        stage: The stage of the dialogue at which the refusal came.
        pattern: The pattern of its text.
        by_code: The cause that the code and the status of the attempt stand for.
        quotes_source: Whether the reply quotes the source address.
        active_at: The time of the last delivery of earlier campaigns, open or click; None without any.
        bounced_before: Whether the last earlier campaign was also permanently refused.
        delivered_again: Whether an earlier delivery followed an earlier refusal.
        deferred: Whether an earlier attempt was deferred.
        deferred_for_sending: Whether one was deferred with a text that blames the sender.
    """

    key: int
    exchanger: str
    vendor: str
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
    bounced_before: bool
    delivered_again: bool
    deferred: bool
    deferred_for_sending: bool


def refusal_of(evidence: Evidence, attempt: Attempt) -> Refusal:
    """Return what one attempt of a recipient shows: a refused one, or an accepted one that was reported later."""
    is_reported = attempt.outcome == Outcome.DELIVERED
    source, before = attempt.local_address, evidence.before
    deliveries = [past.last.at for past in before if not past.bounced]
    refusals = [past.last.at for past in before if past.last.outcome == Outcome.REFUSED]
    active = deliveries + [each.at for each in evidence.opened]
    deferrals = [each for each in evidence.attempts if each.at < attempt.at and each.outcome == Outcome.DEFERRED]
    return Refusal(
        key=0 if is_reported else key_of(attempt),
        exchanger=exchanger_of(attempt),
        vendor=vendor_of(attempt.mx, attempt.greeting),
        at=attempt.at,
        source=source,
        message=attempt.message,
        is_later=attempt.position > 1,
        is_reported=is_reported,
        stage=Stage.REPORT.value if is_reported else attempt.stage,
        pattern=topics_in(pattern_of(evidence.heard[2] if is_reported else attempt.text, attempt.recipient)).pattern,
        by_code=_CODE.classify(Evidence(attempt.recipient, (attempt,))).cause,
        quotes_source=bool(source) and source in attempt.text,
        active_at=max(active, default=None),
        bounced_before=bool(before) and before[-1].bounced and before[-1].last.outcome == Outcome.REFUSED,
        delivered_again=bool(refusals and deliveries) and max(deliveries) > min(refusals),
        deferred=bool(deferrals),
        deferred_for_sending=any(topics_of(each).blames_sender for each in deferrals),
    )


def exchanger_of(attempt: Attempt) -> str:
    """Return the name of the exchanger of an attempt, its recipient's domain if the exchanger is not known."""
    return attempt.mx_address or attempt.mx or domain_of(attempt.recipient)


def key_of(attempt: Attempt) -> int:
    """Return a number of 64 bits that tells a refusal from others at the same exchanger at the same time."""
    told = f"{attempt.recipient}\n{attempt.local_address}\n{attempt.stage}".encode(errors="backslashreplace")
    return int.from_bytes(blake2b(told, digest_size=8).digest())
