"""The row for mail that came back to a return-path."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from fake_gateways.smtp.envelope import is_address


class ReturnedKind(StrEnum):
    """The kind of a message that came back."""

    REPORT = "report"
    """A delivery report, in any layout (RFC 3464)."""
    COMPLAINT = "complaint"
    """A feedback report (RFC 5965) by which somebody complains. Its type is in ``text``."""
    FEEDBACK = "feedback"
    """A feedback report that is no complaint: ``not-spam``, ``opt-out``, ``auth-failure``. Its type is in ``text``."""
    AUTO_REPLY = "auto-reply"
    """An automatic answer: a vacation note, a challenge or a receipt (RFC 3834, RFC 8098)."""
    UNREADABLE = "unreadable"
    """None of these, or a message that could not be read."""


class Returned(NamedTuple):
    """One recipient of one message that came back, as far as it could be read.

    ``kind`` is a ReturnedKind. ``action``, ``status``, ``code`` and ``text`` are what a delivery report says (RFC
    3464). ``joined_by`` is how the delivery was found: by the ``return-path`` (VERP), or by the ``report`` or the
    ``message-id`` in it. If it was not found, ``joined_by`` and ``recipient`` are empty. ``at`` is in seconds since the
    epoch. ``content`` is the message itself, one character an octet, if it could not be read or joined.
    """

    lane: str
    seq: int
    at: float
    return_path: str
    campaign: str
    recipient: str
    kind: str
    action: str | None
    status: str | None
    code: int | None
    text: str
    message_id: str
    joined_by: str
    content: str


def is_bounce(returned: Returned) -> bool:
    """Whether a message that came back reports a permanent failure of a known recipient."""
    return (
        returned.kind == ReturnedKind.REPORT and returned.action in {"failed", None} and is_address(returned.recipient)
    )


def by_recipient(rows: Iterable[Returned]) -> dict[tuple[str, str], list[Returned]]:
    """Group rows by campaign and recipient in lower case; rows that could not be joined are left out."""
    found: dict[tuple[str, str], list[Returned]] = {}
    for row in rows:
        if row.recipient:
            found.setdefault((row.campaign, row.recipient.lower()), []).append(row)
    return found
