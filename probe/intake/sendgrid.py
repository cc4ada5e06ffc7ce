"""SendGrid's event webhook (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from probe.intake.documents import documents, text_of, value_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bracketed, read_any_moment, read_reply, words_of

_KINDS: Final = {
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "bounce": Kind.REFUSED,
    "blocked": Kind.REFUSED,
    "dropped": Kind.SUPPRESSED,
    "spamreport": Kind.COMPLAINT,
    "open": Kind.OPENED,
    "click": Kind.CLICKED,
}
_PASSED_OVER: Final = {"processed", "unsubscribe", "group_unsubscribe", "group_resubscribe"}


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every event about a recipient."""
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        fields = document.fields
        name, recipient = text_of(fields, "event"), text_of(fields, "email")
        if name in _PASSED_OVER:
            continue
        if name not in _KINDS or not recipient:
            yield BadLine(document.number, f"has the event {name[:20]!r}" if name not in _KINDS else "has no email")
            continue
        yield _event(_KINDS[name], recipient, fields)


def _event(kind: Kind, recipient: str, fields: dict[str, Any]) -> Event:
    said = text_of(fields, "response") or text_of(fields, "reason")
    code, enhanced = read_reply(said)
    categories = value_of(fields, "category")
    return Event(
        kind,
        recipient,
        read_any_moment(value_of(fields, "timestamp")),
        bracketed(text_of(fields, "smtp-id")),
        campaign=text_of(categories, 0) if isinstance(categories, list) else text_of(fields, "category"),
        local_address=text_of(fields, "ip") if kind not in {Kind.OPENED, Kind.CLICKED} else "",
        stage="end-of-data" if kind is Kind.DELIVERED else None,
        code=code,
        enhanced=enhanced or text_of(fields, "status") or None,
        text=words_of(said),
        label="/".join(filter(None, (text_of(fields, "type"), text_of(fields, "bounce_classification")))),
    )
