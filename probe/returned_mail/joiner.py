"""Reads mail that came back to a return-path, and joins it with the delivery that it is about."""

from __future__ import annotations

from collections.abc import Callable

from probe.records.returned import Returned, ReturnedKind
from probe.returned_mail import read, verp

MAX_OCTETS = 1_000_000
MAX_KEPT = 64 * 1024
"""Octets that are kept, at most, of a message that could not be read or joined."""


class ReturnJoiner:
    """Joins returned mail with deliveries. ``write`` gets a row for every recipient that a message is about.

    ``recipient_of`` returns campaign and recipient of a Message-ID of the sender, or None unless it had one recipient.
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

    def accept(self, return_path: str, content: bytes, at: float) -> None:
        """Read a message that came to a return-path, and write its rows. ``at`` is in seconds since the epoch."""
        mail = read(content[:MAX_OCTETS])
        alone = verp.decode(return_path)
        joined_by = "return-path"
        if alone is None and all(entry.is_inferred for entry in mail.recipients):
            alone = self._recipient_of(mail.message_id)
            joined_by = "message-id"
        shared = return_path.partition("@")[0].partition("+")[0]
        # VERP identifies one recipient, even if the report names others.
        entries = mail.recipients or (None,) if alone is None else (mail.entry_about(alone[1]),)
        for entry in entries:
            named = (entry.original_recipient or entry.recipient) if entry is not None else ""
            campaign, recipient = alone or (shared if named else "", named)
            self._seq += 1
            is_joined = recipient != "" and mail.kind is not ReturnedKind.UNREADABLE
            self._write(
                Returned(
                    lane=self._lane,
                    seq=self._seq,
                    at=round(at, 6),
                    return_path=return_path,
                    campaign=campaign,
                    recipient=recipient,
                    kind=mail.kind,
                    action=entry.action if entry is not None else None,
                    status=entry.status if entry is not None else None,
                    code=entry.code if entry is not None else None,
                    text=entry.text if entry is not None else "",
                    message_id=mail.message_id,
                    joined_by=(joined_by if alone else "report") if recipient else "",
                    content="" if is_joined else content[:MAX_KEPT].decode("latin-1"),
                )
            )
