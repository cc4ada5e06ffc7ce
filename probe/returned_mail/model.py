"""What a returned mail says: of which kind it is, and whom it is about."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

MAX_RECIPIENTS: Final = 1_000
"""How many recipients of one mail are read (RFC 5321 4.5.3.1.8 asks for 100 in a transaction)."""


class Kind(StrEnum):
    """What came back."""

    REPORT = "report"
    """A delivery report, in whatever layout (RFC 3464)."""
    COMPLAINT = "complaint"
    """A feedback report (RFC 5965); its type stands in the text."""
    AUTO_REPLY = "auto-reply"
    """Somebody's software answered: vacation notes, challenges, receipts (RFC 3834, RFC 8098)."""
    UNREADABLE = "unreadable"
    """Nothing of it could be read, or it is nothing of the kind."""


class Action(StrEnum):
    """What became of the message for a recipient (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


class About(NamedTuple):
    """What the mail says about a recipient. Everything stands in the mail; what does not is None or empty.

    ``recipient`` is the address as the report names it, ``original_recipient`` as the sender did (RFC 3461).
    ``action`` is None for complaints and auto-replies. ``status`` is the enhanced status, such as ``5.1.1``, ``code``
    the SMTP reply code, ``text`` the diagnostic on one line.
    """

    recipient: str
    action: Action | None = None
    status: str | None = None
    code: int | None = None
    text: str = ""
    original_recipient: str = ""


class ReturnedMail(NamedTuple):
    """A mail that came back. ``message_id`` is the original message's, in angle brackets, empty where not told.

    ``subject`` is the returned mail's own, decoded, on one line.
    """

    kind: Kind
    about: tuple[About, ...] = ()
    message_id: str = ""
    subject: str = ""
