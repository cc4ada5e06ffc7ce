"""Mail that comes home to a return-path, read and joined with the delivery that it is about."""

from __future__ import annotations

from collections.abc import Callable

from probe.returned_mail import Kind, read, verp
from probe.returned_mail.returned import Returned

MAX_OCTETS = 1_000_000
MAX_KEPT = 64 * 1024
"""Octets that are kept of a message that could not be read or joined, for whoever wants to see why."""


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
