"""The events that logs of other mail systems hold, in one form for all formats."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class EventKind(StrEnum):
    """What happened to a message, according to the system that wrote the log."""

    DELIVERED = "delivered"
    DEFERRED = "deferred"
    """Refused temporarily, or the network failed: the system will try again."""
    REFUSED = "refused"
    """Refused permanently, or given up after retries. Mail providers call it a bounce (in the session)."""
    BOUNCED_LATER = "bounced-later"
    """Accepted at first, then returned in a delivery report. Also called asynchronous or out-of-band bounce."""
    SUPPRESSED = "suppressed"
    """Not sent: the address was on the system's own suppression list."""
    COMPLAINT = "complaint"
    FEEDBACK = "feedback"
    """Feedback that is no complaint, such as ``not-spam``; the label says which."""
    AUTO_REPLY = "auto-reply"
    OPENED = "opened"
    CLICKED = "clicked"


class Event(NamedTuple):
    """One event about one recipient. A field that the format does not have is None, or "" if it is a text.

    ``at`` is in seconds since the epoch. ``message_id`` is in angle brackets, as in the header. ``mx`` is the host that
    replied with ``code``, ``enhanced`` and ``text``; ``local_address`` is the sender's own address. ``stage`` is a
    Stage of fake_gateways/smtp/envelope.py. ``label`` is the system's own class of the event, such as
    ``Permanent/General``. ``is_own_status`` says that ``enhanced`` is the sending system's own: the reply had none.
    ``final_recipient`` is the address at which delivery ended, where it is not the one that was mailed: the target of a
    forward. ``is_inferred`` says that only the header of a returned message names the recipient.
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
    is_own_status: bool = False
    final_recipient: str = ""
    is_inferred: bool = False


class BadLine(NamedTuple):
    """A line that could not be read, and why. Reading continues with the next line.

    ``text`` is how the line starts, where it is known. ``what`` is ``message`` or ``file`` in a mailbox.
    """

    number: int
    reason: str
    text: str = ""
    what: str = "line"


class LogLine(NamedTuple):
    """A line of a file without its line end; ``number`` starts at 1."""

    number: int
    text: str
