"""Postmark's webhooks (https://postmarkapp.com/developer/webhooks/bounce-webhook and its neighbours)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from probe.intake.documents import documents, text_of, value_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bracketed, read_any_moment, read_reply, words_of

_RECORDS: Final = {
    "Delivery": (Kind.DELIVERED, "Recipient", "DeliveredAt"),
    "Bounce": (Kind.REFUSED, "Email", "BouncedAt"),
    "SpamComplaint": (Kind.COMPLAINT, "Email", "BouncedAt"),
    "Open": (Kind.OPENED, "Recipient", "ReceivedAt"),
    "Click": (Kind.CLICKED, "Recipient", "ReceivedAt"),
}
_PASSED_OVER: Final = {"SubscriptionChange", "Inbound"}
_BY_TYPE: Final = {
    "Transient": Kind.DEFERRED,
    "AutoResponder": Kind.AUTO_REPLY,
    "SpamComplaint": Kind.COMPLAINT,
    "ManuallyDeactivated": Kind.SUPPRESSED,
}
"""What Postmark calls a bounce and is none of a refusal's kind."""


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every record about a recipient.

    Postmark has a message id of its own, which is the left part of the Message-ID it writes, at ``mtasv.net``.
    """
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        fields = document.fields
        name = text_of(fields, "RecordType")
        if name in _PASSED_OVER:
            continue
        kind, whom, when = _RECORDS.get(name, (None, "", ""))
        recipient = text_of(fields, whom)
        if kind is None or not recipient:
            reason = f"has the RecordType {name[:20]!r}" if kind is None else "has no recipient"
            yield BadLine(document.number, reason)
            continue
        yield _event(_BY_TYPE.get(text_of(fields, "Type"), kind), recipient, when, fields)


def _event(kind: Kind, recipient: str, when: str, fields: dict[str, Any]) -> Event:
    said = (text_of(fields, "Details") or text_of(fields, "Description")).removeprefix("smtp;")
    code, enhanced = read_reply(said)
    own_id = text_of(fields, "MessageID")
    return Event(
        kind,
        recipient,
        read_any_moment(value_of(fields, when)),
        text_of(fields, "Metadata", "Message-ID") or bracketed(f"{own_id}@mtasv.net" if own_id else ""),
        text_of(fields, "From"),
        text_of(fields, "Tag"),
        stage="end-of-data" if kind is Kind.DELIVERED else None,
        code=code,
        enhanced=enhanced,
        text=words_of(said),
        label=text_of(fields, "Type"),
    )
