"""SparkPost's webhooks (https://support.sparkpost.com/docs/tech-resources/webhook-event-reference)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from probe.intake.documents import documents, list_of, text_of, value_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bracketed, read_any_moment, read_reply, words_of

_KINDS: Final = {
    "delivery": Kind.DELIVERED,
    "bounce": Kind.REFUSED,
    "delay": Kind.DEFERRED,
    "out_of_band": Kind.BOUNCED_LATER,
    "policy_rejection": Kind.SUPPRESSED,
    "spam_complaint": Kind.COMPLAINT,
    "open": Kind.OPENED,
    "initial_open": Kind.OPENED,
    "click": Kind.CLICKED,
}
_PASSED_OVER: Final = {
    "injection", "generation_failure", "generation_rejection", "list_unsubscribe", "link_unsubscribe", "sms_status",
    "amp_open", "amp_initial_open", "amp_click", "relay_injection", "relay_delivery", "relay_tempfail",
    "relay_permfail", "relay_rejection", "ab_test_completed", "ab_test_cancelled", "ingest_success", "ingest_error",
}  # fmt: skip


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every event about a recipient, from batches (``msys``), search results, or events alone."""
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        for fields in _unwrapped(document.fields):
            name = text_of(fields, "type")
            recipient = text_of(fields, "raw_rcpt_to") or text_of(fields, "rcpt_to")
            if name in _PASSED_OVER or not fields:
                continue  # an empty msys is how SparkPost tests an endpoint
            if name not in _KINDS or not recipient:
                reason = f"has the type {name[:20]!r}" if name not in _KINDS else "has no rcpt_to"
                yield BadLine(document.number, reason)
                continue
            yield _event(_KINDS[name], recipient, fields)


def _unwrapped(fields: dict[str, Any]) -> list[Any]:
    inner = value_of(fields, "msys")
    if isinstance(inner, dict):
        return list(inner.values()) or [{}]
    return list_of(fields, "results") if "results" in fields else [fields]


def _event(kind: Kind, recipient: str, fields: Any) -> Event:
    said = text_of(fields, "raw_reason") or text_of(fields, "reason")
    code, enhanced = read_reply(said)
    stated = text_of(fields, "error_code")
    if code is None and stated.isdecimal() and 200 <= int(stated[:9]) < 600:
        code = int(stated)
    return Event(
        kind,
        recipient,
        read_any_moment(value_of(fields, "timestamp")),
        bracketed(text_of(fields, "rcpt_meta", "message-id")),
        text_of(fields, "msg_from"),
        text_of(fields, "campaign_id"),
        text_of(fields, "sending_ip"),
        text_of(fields, "ip_address") if kind not in {Kind.OPENED, Kind.CLICKED} else "",
        "end-of-data" if kind is Kind.DELIVERED else None,
        code,
        enhanced,
        words_of(said),
        text_of(fields, "bounce_class"),
    )
