"""Events of Twilio SendGrid: its event webhook, its activity feed as CSV, and its lists of suppressions.

Formats: https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event and
https://www.twilio.com/docs/sendgrid/api-reference/bounces-api (the export as CSV has the same columns). About delayed
bounces: https://support.sendgrid.com/hc/en-us/articles/9624271234331-Understanding-Delayed-Bounces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, word
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider

_KINDS: Final[dict[str, EventKind | None]] = {
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "bounce": EventKind.REFUSED,
    "dropped": EventKind.SUPPRESSED,
    "spamreport": EventKind.COMPLAINT,
    "open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    "processed": None,
    "unsubscribe": None,
    "group_unsubscribe": None,
    "group_resubscribe": None,
    "account_status_change": None,
}
_OF_MAIL: Final = ("invalid smtpapi header", "spam content", "recipient list over package quota")
"""Reasons for which SendGrid drops mail to whatever address."""
_IN_SESSION: Final = {EventKind.DELIVERED, EventKind.DEFERRED, EventKind.REFUSED}


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each element of the webhook's arrays, and for each row of a list.

    A bounce without ``sg_message_id`` is BOUNCED_LATER: by the documentation, a delayed (asynchronous) bounce has no
    id, because its session has ended. ``blocked`` and ``bounce`` are both REFUSED; ``label`` has the type and the
    classification: ``blocked/Reputation``. Dropped mail is SUPPRESSED, or
    REFUSED if the reason is the mail and not the address; the reason is ``text``.
    ``local_address`` is the sending address; for opens and clicks, ``ip`` is the recipient's address and is not used.
    ``campaign`` is the first category. ``attempt`` and ``tls`` are not used.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    if _is_of_mail(event):
        yield event._replace(kind=EventKind.REFUSED, local_address="")
        return
    if event.kind not in _IN_SESSION:
        event = event._replace(local_address="")
    elif event.kind is EventKind.REFUSED and not word(document, "sg_message_id"):
        event = event._replace(kind=EventKind.BOUNCED_LATER)
    yield event


def _of_feed(_: Json, event: Event) -> Iterator[Event]:
    yield event._replace(kind=EventKind.REFUSED) if _is_of_mail(event) else event


def _is_of_mail(event: Event) -> bool:
    return event.kind is EventKind.SUPPRESSED and event.text.lower().startswith(_OF_MAIL)


_PROVIDER: Final = Provider(
    "SendGrid",
    (
        Shape(
            name="event",
            kinds=_KINDS,
            recipient="email",
            at="timestamp",
            message_id="smtp-id",
            campaign="category",
            local_address="ip",
            enhanced="status",
            text="response reason",
            label="type bounce_classification",
            refine=_refined,
        ),
        # The activity feed as CSV.
        Shape(
            has="processed event email",
            name="event",
            kinds=_KINDS,
            recipient="email",
            at="processed",
            campaign="categories",
            local_address="outbound_ip",
            mx="mx",
            text="reason",
            label="type",
            refine=_of_feed,
        ),
        # Bounces and blocks; invalid addresses have no status.
        Shape(
            has="email created reason",
            kind=EventKind.REFUSED,
            recipient="email",
            at="created",
            enhanced="status",
            text="reason",
        ),
        Shape(has="email created ip", kind=EventKind.COMPLAINT, recipient="email", at="created"),
    ),
)
