"""What another mail system noted about one recipient, whatever format it noted it in."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class EventKind(StrEnum):
    """What happened, in the words of the system that noted it."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    """Refused for now, or a failure of the network: it will be tried again."""
    REFUSED = "refused"
    """Given up, at once or after retries: what mail providers call a bounce in the session."""
    BOUNCED_LATER = "bounced-later"
    """Delivered at first, then sent back in a delivery report (asynchronous, out of band)."""
    SUPPRESSED = "suppressed"
    """Never sent: the system itself had the address on a list."""
    COMPLAINT = "complaint"
    AUTO_REPLY = "auto-reply"
    OPENED = "opened"
    CLICKED = "clicked"


class Event(NamedTuple):
    """One event about one recipient. What a format does not tell is None, or empty for texts.

    ``at`` is in seconds since the epoch, UTC. ``message_id`` is in angle brackets, as in the header. ``mx`` is the host
    that said ``code``, ``enhanced`` and ``text``; ``local_address`` is the sender's end. ``stage`` is a Stage of
    fake_gateways/smtp/envelope.py where the format tells. ``label`` is the system's own class, such as
    ``Permanent/General``, for the judge to compare.
    """

    kind: EventKind
    recipient: str
    at: float | None = None
    message_id: str = ""
    return_path: str = ""
    campaign: str = ""
    local_address: str = ""
    mx: str = ""
    stage: str | None = None
    code: int | None = None
    enhanced: str | None = None
    text: str = ""
    label: str = ""


class BadLine(NamedTuple):
    """A line that could not be read, and why: counted, shown, survived."""

    number: int
    reason: str


class LogLine(NamedTuple):
    """A line of a file, counted from 1, without its line end."""

    number: int
    text: str
