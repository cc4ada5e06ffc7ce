"""Mail that came back, as a mailbox holds it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from email.parser import BytesHeaderParser
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats import ses
from probe.intake.reading.moment import moment
from probe.records.returned import ReturnedKind
from probe.returned_mail import RecipientEntry, read, verp
from probe.returned_mail.mime import first_text

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
_FROM_SNS: Final = re.compile(rb"\bsns\b[\w.-]{0,40}\.amazonaws\.com|notificationType|eventType", re.IGNORECASE)
_NO_RECIPIENT: Final = "a message that names no recipient"


def events(messages: Iterable[bytes | BadLine]) -> Iterator[Event | BadLine]:
    """Yield an event per recipient that a message is about; a message without recipient is a bad line."""
    for number, octets in enumerate(messages, 1):
        if isinstance(octets, BadLine):
            yield octets._replace(number=number)
            continue
        header = BytesHeaderParser().parsebytes(octets[:100_000].partition(b"\r\n\r\n")[0][:100_000])
        at = moment(str(header.get("Date") or ""))
        notified = _notified(octets)
        if notified:
            yield from (event._replace(at=event.at or at) for event in notified)
            continue
        mail = read(octets)
        delivered_to = str(header.get("Delivered-To") or header.get("X-Original-To") or header.get("To") or "").strip(
            "<> "
        )
        verp_part = verp.decode(delivered_to)
        entries = mail.recipients or (
            (RecipientEntry(verp_part[1]),) if verp_part and mail.kind is not ReturnedKind.UNREADABLE else ()
        )
        if not entries:
            yield BadLine(number, _NO_RECIPIENT, f"Subject: {mail.subject}" if mail.subject else "", "message")
        for entry in entries:
            kind = _OTHER_KINDS.get(mail.kind, _KINDS[entry.action or "failed"])
            yield Event(
                kind,
                entry.recipient,
                at,
                mail.message_id,
                delivered_to,
                verp_part[0] if verp_part else "",
                code=entry.code,
                enhanced=entry.status,
                text=entry.text,
                label=entry.text if mail.kind in _FEEDBACK else "",
            )


def _notified(octets: bytes) -> list[Event]:
    """Return the events of a notification of Amazon SES, which SNS sends as mail with a text below the JSON."""
    if not _FROM_SNS.search(octets):
        return []
    text = first_text(octets)
    # A mail program may have broken the lines.
    document = re.sub(r"\r?\n", "", text[text.find("{") :])
    return [event for event in ses.read([LogLine(1, document)]) if isinstance(event, Event)]
