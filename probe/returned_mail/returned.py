"""The row for mail that came back to a return-path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from fake_gateways.smtp.envelope import is_address
from probe.returned_mail import Kind


class Returned(NamedTuple):
    """One recipient of one message that came home, as far as it could be read.

    ``kind`` is a Kind of probe/returned_mail. ``action``, ``status``, ``code`` and ``text`` are what a delivery report
    says (RFC 3464). ``joined_by`` says how the delivery was found: by the ``return-path`` (VERP), by the ``report`` or
    by the ``message-id`` in it; where it was not, it is empty, and so is ``recipient``. ``at`` is in seconds since the
    epoch, UTC. ``content`` is the message itself, an octet a character, where it could not be read or joined.
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
    """Whether a message that came home says that mail was given up."""
    return returned.kind == Kind.REPORT and returned.action in {"failed", None} and is_address(returned.recipient)


def by_recipient(rows: Iterable[Returned]) -> dict[tuple[str, str], list[Returned]]:
    """Gather what came home by campaign and recipient; what could not be joined is left out."""
    found: dict[tuple[str, str], list[Returned]] = {}
    for row in rows:
        if row.recipient:
            found.setdefault((row.campaign, row.recipient.lower()), []).append(row)
    return found
