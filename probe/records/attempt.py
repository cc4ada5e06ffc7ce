"""What the sender heard of one attempt, or the network failure it met."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Failure(StrEnum):
    """Why no reply came."""

    NO_ROUTE = "no-route"
    """The domain has no mail exchanger to go to, and says so."""
    NO_ANSWER = "no-answer"
    """The nameserver does not say where to go."""
    UNREACHABLE = "unreachable"
    """Nobody accepts connections at the exchanger's address."""
    TIMED_OUT = "timed-out"
    LINE_CUT = "line-cut"
    GARBAGE = "garbage"
    """What came back is no SMTP."""
    NO_TLS = "no-tls"
    """The line cannot be encrypted, and the sender says that it must be."""
    IN_DOUBT = "in-doubt"
    """The run was killed while a server of somebody else's had the message in hand: it is not sent twice."""


class Outcome(StrEnum):
    """What an attempt came to, as the sender reads it (RFC 5321 4.2.1)."""

    DELIVERED = "delivered"
    REFUSED = "refused"
    DEFERRED = "deferred"
    FAILED = "failed"


class Attempt(NamedTuple):
    """One attempt to deliver to one recipient, in the sender's own pen.

    ``lane`` and ``seq`` order the attempts: those of a lane are numbered. ``message`` is the file that was sent,
    ``number`` counts the rounds of attempts, in each of which every exchanger may be tried. ``mx`` is the exchanger,
    ``mx_address`` where it was looked for. ``stage`` is where the reply came that decided. ``at`` is in seconds since
    the epoch, ``duration_s`` on the run's clock. ``local_port`` joins an attempt that never reached MAIL; it and the
    duration are no part of the books' hash.
    """

    lane: str
    seq: int
    at: float
    duration_s: float
    number: int
    campaign: str
    message: str
    message_id: str
    return_path: str
    recipient: str
    mx: str
    mx_address: str
    local_address: str
    local_port: int
    tls: bool
    stage: str
    outcome: str
    code: int | None
    enhanced: str | None
    text: str
    failure: str | None
    connection: int
    position: int
    greeting: str
