"""What the sender heard of one attempt, or the network failure it met."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Failure(StrEnum):
    """Why no reply came."""

    NO_ROUTE = "no-route"
    """The domain has no mail exchanger to go to."""
    UNREACHABLE = "unreachable"
    """Nobody accepts connections at the exchanger's address."""
    TIMED_OUT = "timed-out"
    LINE_CUT = "line-cut"
    GARBAGE = "garbage"
    """What came back is no SMTP."""


class Outcome(StrEnum):
    """What an attempt came to, as the sender reads it (RFC 5321 4.2.1)."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    DEFERRED = "deferred"
    FAILED = "failed"


class Attempt(NamedTuple):
    """One attempt to deliver to one recipient, in the sender's own pen.

    ``mx`` is the exchanger, ``seq`` counts the attempts at it. ``stage`` is where the reply came that decided.
    ``at`` is in seconds since the epoch, ``duration_s`` on the run's clock. ``local_port`` joins an attempt that
    never reached MAIL; it and the duration are no part of the books' hash.
    """

    mx: str
    seq: int
    at: float
    duration_s: float
    number: int
    campaign: str
    message_id: str
    return_path: str
    recipient: str
    local_address: str
    local_port: int
    tls: bool
    stage: str
    outcome: str
    code: int | None
    enhanced: str | None
    text: str
    failure: str | None
