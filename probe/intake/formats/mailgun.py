"""Events of Mailgun: its webhooks, and the pages of its Events API.

Formats: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads,
https://documentation.mailgun.com/docs/mailgun/user-manual/events/events. About delayed bounces:
https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages/tracking-failures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.json_documents import NoEventError, events
from probe.intake.reading.json_fields import Json, each, field, in_brackets, joined, text, within, word, words
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes

_KINDS: Final = {
    "delivered": EventKind.DELIVERED,
    "failed": EventKind.REFUSED,
    "rejected": EventKind.REFUSED,
    "complained": EventKind.COMPLAINT,
    "opened": EventKind.OPENED,
    "clicked": EventKind.CLICKED,
}
_NO_EVENT: Final = {"accepted", "stored", "unsubscribed", "list_member_uploaded", "list_member_upload_error",
                    "list_uploaded"}  # fmt: skip
_SUPPRESSED_CODES: Final = {"605", "606", "607"}
"""Mailgun's own codes instead of a server's: the address bounced, unsubscribed or complained before."""


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook (``event-data``), each of a page's ``items``, and each bare event.

    A failure is DEFERRED if its severity is temporary, BOUNCED_LATER if the flag ``is-delayed-bounce`` is set (the
    message was delivered before), and SUPPRESSED if its reason starts with ``suppress-``. ``label`` is severity, reason
    and, if there is one, bounce type: ``permanent/bounce/hard``. A message that Mailgun itself rejected is REFUSED
    without code, with the label ``rejected``. ``campaign`` is the first tag; tags have replaced Mailgun's campaigns.
    """
    return events(lines, _interpret, _elements)


def _elements(document: Json) -> list[object]:
    return each(document, "items") if "items" in document else [document.get("event-data", document)]


def _interpret(item: Json) -> Iterator[Event]:
    name = word(item, "event")
    if name in _NO_EVENT:
        return
    if name not in _KINDS:
        raise NoEventError(f"not a Mailgun event ({name[:60] or 'without event'})")
    status = within(item, "delivery-status")
    reply = text(status, "message") or text(status, "description") or text(item, "reject", "reason")
    code, enhanced, is_own = reply_codes(
        reply, status.get("code"), status.get("enhanced-code") or status.get("bounce-code")
    )
    envelope = within(item, "envelope")
    yield Event(
        _kind(name, item),
        recipient=_recipient(item),
        at=moment(item.get("timestamp")),
        message_id=in_brackets(word(item, "message", "headers", "message-id")),
        return_path=word(envelope, "sender"),
        campaign=next(iter(words(item, "tags")), ""),
        local_address=word(envelope, "sending-ip"),
        mx=word(status, "mx-host"),
        code=code,
        enhanced=enhanced,
        text=reply,
        label=_label(name, item),
        is_own_status=is_own,
    )


def _kind(name: str, item: Json) -> EventKind:
    if name != "failed":
        return _KINDS[name]
    if word(item, "reason").startswith("suppress-") or word(item, "delivery-status", "code") in _SUPPRESSED_CODES:
        return EventKind.SUPPRESSED
    if field(item, "flags", "is-delayed-bounce") is True:
        return EventKind.BOUNCED_LATER
    return EventKind.DEFERRED if word(item, "severity") == "temporary" else EventKind.REFUSED


def _label(name: str, item: Json) -> str:
    if name == "rejected":
        return name
    return joined(word(item, "severity"), word(item, "reason"), word(item, "delivery-status", "bounce-type"))


def _recipient(item: Json) -> str:
    """Return the recipient; a rejected message has it only in its envelope or its header."""
    return (
        word(item, "recipient")
        or word(item, "envelope", "targets")
        or next(iter(words(item, "message", "recipients")), "")
        or word(item, "message", "headers", "to")
    )
