"""KumoMTA's log records, a JSON object a line (https://docs.kumomta.com/reference/log_record/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from probe.intake.documents import documents, list_of, text_of, value_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bracketed, capped, read_any_moment, read_stage

_KINDS: Final = {
    "Delivery": Kind.DELIVERED,
    "TransientFailure": Kind.DEFERRED,
    "Bounce": Kind.REFUSED,
    "AdminBounce": Kind.REFUSED,
    "Expiration": Kind.REFUSED,
    "OOB": Kind.BOUNCED_LATER,
    "Feedback": Kind.COMPLAINT,
}
_PASSED_OVER: Final = {"Reception", "Rejection", "AdminRebind", "DeferredInjectionRebind", "Delayed", "Any"}


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every record about a recipient."""
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        fields = document.fields
        kind = text_of(fields, "type")
        if kind in _PASSED_OVER:
            continue
        # Newer versions have a list of recipients, older ones a text.
        recipients = [each for each in list_of(fields, "recipient") if isinstance(each, str)] or [
            text_of(fields, "recipient")
        ]
        if kind == "Feedback":
            named = text_of(fields, "feedback_report", "original_rcpt_to", 0)
            recipients = [named.strip("<>")] if named else recipients
        if kind not in _KINDS or not recipients[0]:
            yield BadLine(document.number, f"has the type {kind[:20]!r}" if kind not in _KINDS else "has no recipient")
            continue
        yield from (_event(_KINDS[kind], recipient, fields) for recipient in recipients if recipient)


def _event(kind: Kind, recipient: str, fields: dict[str, Any]) -> Event:
    code = value_of(fields, "response", "code")
    parts = [value_of(fields, "response", "enhanced_code", part) for part in ("class", "subject", "detail")]
    enhanced = ".".join(map(str, parts)) if all(isinstance(part, int) for part in parts) else None
    command = text_of(fields, "response", "command")
    has_code = isinstance(code, int) and 200 <= code < 600 and kind is not Kind.COMPLAINT
    stage = "end-of-data" if kind is Kind.DELIVERED and has_code else read_stage(command)
    return Event(
        kind,
        recipient,
        read_any_moment(value_of(fields, "event_time") or value_of(fields, "timestamp")),
        bracketed(text_of(fields, "headers", "Message-ID") or text_of(fields, "headers", "Message-Id")),
        text_of(fields, "sender"),
        text_of(fields, "meta", "campaign")
        or text_of(fields, "queue").partition(":")[0] * (":" in text_of(fields, "queue")),
        text_of(fields, "source_address", "address").rpartition(":")[0],
        text_of(fields, "peer_address", "name").rstrip("."),
        stage,
        code if has_code else None,
        enhanced if has_code else None,
        capped(text_of(fields, "response", "content")),
        text_of(fields, "bounce_classification"),
    )
