"""Mail that comes home to a return-path, read and joined with the delivery that it is about."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from fake_gateways.smtp.envelope import is_address
from probe.returned_mail import Kind, read, verp

MAX_OCTETS = 1_000_000
MAX_KEPT = 64 * 1024
"""Octets that are kept of a message that could not be read or joined, for whoever wants to see why."""


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


class Home:
    """The mailbox behind the return-paths. ``write`` gets a row for every recipient that a message is about.

    ``recipient_of`` returns campaign and recipient of a Message-ID that we sent, if one recipient alone had it.
    """

    def __init__(
        self,
        lane: str,
        write: Callable[[Returned], None],
        recipient_of: Callable[[str], tuple[str, str] | None] = lambda _: None,
    ) -> None:
        self._lane = lane
        self._write = write
        self._recipient_of = recipient_of
        self._seq = 0

    def take(self, return_path: str, content: bytes, at: float) -> None:
        """Read a message that came to a return-path at a moment; what cannot be read is kept as unreadable."""
        mail = read(content[:MAX_OCTETS])
        alone = verp.decode(return_path)
        joined_by = "return-path"
        if alone is None and not mail.about:
            alone = self._recipient_of(mail.message_id)
            joined_by = "message-id"
        shared = return_path.partition("@")[0].partition("+")[0]
        for about in mail.about or (None,):
            named = about.recipient if about is not None else ""
            campaign, recipient = alone or (shared if named else "", named)
            self._seq += 1
            self._write(
                Returned(
                    self._lane,
                    self._seq,
                    round(at, 6),
                    return_path,
                    campaign,
                    recipient,
                    mail.kind,
                    about.action if about is not None else None,
                    about.status if about is not None else None,
                    about.code if about is not None else None,
                    about.text if about is not None else "",
                    mail.message_id,
                    (joined_by if alone else "report") if recipient else "",
                    "" if recipient and mail.kind is not Kind.UNREADABLE else content[:MAX_KEPT].decode("latin-1"),
                )
            )
            if alone is not None:
                break  # VERP names one recipient, whatever else the report speaks of


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
