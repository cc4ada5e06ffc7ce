"""Mail that came back, as a mailbox holds it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from email.parser import BytesHeaderParser
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats import ses
from probe.intake.reading.moment import moment
from probe.records.returned import ReturnedKind
from probe.returned_mail import RecipientEntry, ReturnedMail, read
from probe.returned_mail.notification import notification_in
from probe.returned_mail.verp import Delimiters

_KINDS: Final = {
    "failed": EventKind.BOUNCED_LATER,
    "delayed": EventKind.DEFERRED,
    "delivered": EventKind.DELIVERED,
    "relayed": EventKind.DELIVERED,
    "expanded": EventKind.DELIVERED,
}
_OTHER_KINDS: Final = {
    ReturnedKind.COMPLAINT: EventKind.COMPLAINT,
    ReturnedKind.FEEDBACK: EventKind.FEEDBACK,
    ReturnedKind.AUTO_REPLY: EventKind.AUTO_REPLY,
}
_FEEDBACK: Final = {ReturnedKind.COMPLAINT, ReturnedKind.FEEDBACK}
_NO_REPORT: Final = "a message that is no delivery report"
_NOT_FOUND: Final = "a report whose recipient was not found"


def events(messages: Iterable[bytes | BadLine], delimiters: Delimiters | None = None) -> Iterator[Event | BadLine]:
    """Yield an event per recipient that a message is about; a message without recipient is a bad line.

    ``delimiters`` are those of the sender's VERP; without them the common ones are tried.
    """
    for number, octets in enumerate(messages, 1):
        if isinstance(octets, BadLine):
            yield octets._replace(number=number)
            continue
        header = BytesHeaderParser().parsebytes(octets[:100_000].lstrip().partition(b"\r\n\r\n")[0][:100_000])
        at = moment(str(header.get("Date") or ""))
        notified = _notified(octets)
        if notified:
            yield from (event._replace(at=event.at or at) for event in notified)
            continue
        mail = read(octets, delimiters)
        found = list(_about(mail, at))
        yield from found
        if not found:
            is_report = mail.kind in {ReturnedKind.REPORT, *_FEEDBACK}
            reason = _NOT_FOUND if is_report else _NO_REPORT
            yield BadLine(number, reason, f"Subject: {mail.subject}" if mail.subject else "", "message")


def _about(mail: ReturnedMail, at: float | None) -> Iterator[Event]:
    """Yield an event per recipient: the one in the return-path (VERP), else each that the mail names."""
    if mail.kind is ReturnedKind.UNREADABLE:
        return
    campaign, alone = mail.verp or ("", "")
    for entry in (mail.entry_about(alone) or RecipientEntry(alone),) if alone else mail.recipients:
        recipient = alone or entry.original_recipient or entry.recipient
        is_told = mail.kind is ReturnedKind.REPORT and not entry.is_inferred
        is_elsewhere = is_told and recipient.lower() != entry.recipient.lower()
        yield Event(
            _OTHER_KINDS.get(mail.kind, _KINDS[entry.action or "failed"]),
            recipient,
            at,
            mail.message_id,
            mail.return_path,
            campaign,
            code=entry.code,
            enhanced=entry.status,
            text=entry.text,
            label=entry.text if mail.kind in _FEEDBACK else "",
            final_recipient=entry.recipient if is_elsewhere else "",
            is_inferred=entry.is_inferred and not alone,
        )


def _notified(octets: bytes) -> list[Event]:
    """Return the events of a notification of Amazon SES; its reader finds more than an entry can hold.

    As it comes as mail, a bounce in it is BOUNCED_LATER.
    """
    document = notification_in(octets)
    found = ses.read([LogLine(1, document)]) if document else ()
    return [
        event._replace(kind=EventKind.BOUNCED_LATER if event.kind is EventKind.REFUSED else event.kind)
        for event in found
        if isinstance(event, Event)
    ]
