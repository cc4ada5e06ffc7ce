"""Events of Twilio SendGrid, as its event webhook sends them.

Formats: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event. About delayed bounces:
https://support.sendgrid.com/hc/en-us/articles/9624271234331-Understanding-Delayed-Bounces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.json_documents import NoEventError, events
from probe.intake.reading.json_fields import Json, in_brackets, joined, text, word, words
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes

_KINDS: Final = {
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "bounce": EventKind.REFUSED,
    "dropped": EventKind.SUPPRESSED,
    "spamreport": EventKind.COMPLAINT,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
}
_NO_EVENT: Final = {"processed", "unsubscribe", "group_unsubscribe", "group_resubscribe", "account_status_change"}
_IN_SESSION: Final = {EventKind.DELIVERED, EventKind.DEFERRED, EventKind.REFUSED}


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for each element of the webhook's arrays.

    A bounce without ``sg_message_id`` is BOUNCED_LATER: by the documentation, a delayed (asynchronous) bounce has no
    id, because its session has ended. ``blocked`` and ``bounce`` are both REFUSED; ``label`` has the type and the
    classification: ``blocked/Reputation``. Dropped mail is SUPPRESSED, for any reason; the reason is ``text``.
    ``local_address`` is the sending address; for opens and clicks, ``ip`` is the recipient's address and is not used.
    ``campaign`` is the first category. ``attempt`` and ``tls`` are not used.
    """
    return events(lines, _interpret)


def _interpret(document: Json) -> Iterator[Event]:
    name = word(document, "event")
    if name in _NO_EVENT:
        return
    kind = _KINDS.get(name)
    if kind is None:
        raise NoEventError(f"not a SendGrid event ({name[:60] or 'without event'})")
    local_address = word(document, "ip") if kind in _IN_SESSION else ""
    if kind is EventKind.REFUSED and not word(document, "sg_message_id"):
        kind = EventKind.BOUNCED_LATER
    reply = text(document, "response") or text(document, "reason")
    code, enhanced, is_own = reply_codes(reply, enhanced=word(document, "status"))
    yield Event(
        kind,
        recipient=word(document, "email"),
        at=moment(document.get("timestamp")),
        message_id=in_brackets(word(document, "smtp-id")),
        campaign=next(iter(words(document, "category")), ""),
        local_address=local_address,
        code=code,
        enhanced=enhanced,
        text=reply,
        label=joined(word(document, "type"), word(document, "bounce_classification")),
        is_own_status=is_own,
    )
