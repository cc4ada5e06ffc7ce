"""Mailgun's webhooks and Events API (https://documentation.mailgun.com/docs/mailgun/user-manual/events/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from probe.intake.documents import documents, list_of, text_of, value_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bracketed, read_any_moment, read_reply, words_of

_KINDS: Final = {
    "delivered": Kind.DELIVERED,
    "failed": Kind.REFUSED,
    "opened": Kind.OPENED,
    "clicked": Kind.CLICKED,
    "complained": Kind.COMPLAINT,
}
_PASSED_OVER: Final = {"accepted", "stored", "rejected", "unsubscribed", "list_member_uploaded"}


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every event about a recipient, from webhook bodies, pages of the API, or events alone."""
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        body = document.fields
        inner = [body["event-data"]] if "event-data" in body else list_of(body, "items") if "items" in body else [body]
        for fields in inner:
            name, recipient = text_of(fields, "event"), text_of(fields, "recipient")
            if name in _PASSED_OVER:
                continue
            if name not in _KINDS or not recipient:
                reason = f"has the event {name[:20]!r}" if name not in _KINDS else "has no recipient"
                yield BadLine(document.number, reason)
                continue
            yield _event(_KINDS[name], recipient, fields)


def _event(kind: Kind, recipient: str, fields: Any) -> Event:
    status = value_of(fields, "delivery-status")
    said = text_of(status, "message") or text_of(status, "description")
    code, enhanced = read_reply(said)
    stated = value_of(status, "code")
    if code is None and isinstance(stated, int) and 200 <= stated < 600:
        code = stated
    if kind is Kind.REFUSED:
        if text_of(fields, "severity") == "temporary":
            kind = Kind.DEFERRED
        elif text_of(fields, "reason").startswith("suppress-"):
            kind = Kind.SUPPRESSED
        elif text_of(status, "bounce-type") == "delayed" or text_of(fields, "reason") == "delayed-bounce":
            kind = Kind.BOUNCED_LATER
    return Event(
        kind,
        recipient,
        read_any_moment(value_of(fields, "timestamp")),
        bracketed(text_of(fields, "message", "headers", "message-id")),
        text_of(fields, "envelope", "sender"),
        text_of(fields, "campaigns", 0, "name") or text_of(fields, "tags", 0),
        text_of(fields, "envelope", "sending-ip"),
        text_of(status, "mx-host"),
        "end-of-data" if kind is Kind.DELIVERED else None,
        code,
        enhanced or text_of(status, "enhanced-code") or None,
        words_of(said),
        "/".join(filter(None, (text_of(fields, "severity"), text_of(fields, "reason")))),
    )
