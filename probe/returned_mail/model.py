"""What a returned mail says: its kind, and an entry for each recipient it reports on."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from probe.records.returned import ReturnedKind

MAX_RECIPIENTS: Final = 1_000
"""Recipients of one mail that are read, at most. RFC 5321 section 4.5.3.1.8 requires 100 in a transaction."""


class Action(StrEnum):
    """What happened to the message for a recipient (RFC 3464 section 2.3.3)."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


class RecipientEntry(NamedTuple):
    """What the mail says about one recipient. What the mail does not say is None or empty.

    ``recipient`` is the address as the report gives it, ``original_recipient`` the one that was mailed, if the report
    tells it: as the sender gave it (RFC 3461), or of which the other was generated. ``is_inferred`` says that the
    report names nobody, and the only recipient of the returned message was taken.
    ``action`` is None for complaints and automatic answers. ``status`` is the enhanced status, such as ``5.1.1``;
    ``code`` is the SMTP reply code; ``text`` is the diagnostic on one line.
    """

    recipient: str
    action: Action | None = None
    status: str | None = None
    code: int | None = None
    text: str = ""
    original_recipient: str = ""
    is_inferred: bool = False


class ReturnedMail(NamedTuple):
    """A mail that came back. ``message_id`` is the original message's, in angle brackets, empty if unknown.

    ``subject`` is that of the returned mail, decoded, on one line. ``return_path`` is the address that the mail came
    to, by its header: one with a recipient in it (VERP), also that of the original message, if there is one. ``verp``
    is campaign and recipient of it. ``unnamed`` is what a report says that names no recipient.
    """

    kind: ReturnedKind
    recipients: tuple[RecipientEntry, ...] = ()
    message_id: str = ""
    subject: str = ""
    return_path: str = ""
    verp: tuple[str, str] | None = None
    unnamed: RecipientEntry | None = None

    def entry_about(self, recipient: str) -> RecipientEntry | None:
        """Return the entry about the recipient that VERP names: the one with its address, else one that failed."""
        entries = self.recipients or ((self.unnamed,) if self.unnamed is not None else ())
        wanted = recipient.lower()
        is_about = [each for each in entries if wanted in {each.recipient.lower(), each.original_recipient.lower()}]
        return next(iter([*is_about, *(each for each in entries if each.action is Action.FAILED), *entries]), None)
