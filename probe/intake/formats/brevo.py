"""Events of Brevo (formerly Sendinblue): its webhooks, its list of events, and its log as CSV.

Formats: https://developers.brevo.com/docs/transactional-webhooks, https://developers.brevo.com/docs/marketing-webhooks
and https://developers.brevo.com/reference/getemaileventreport.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook, each element of ``events``, and each row of the log.

    Hard and soft bounces, invalid addresses and errors are REFUSED, as Brevo does not try again; ``label`` is the event
    as Brevo names it. What Brevo blocked was on its list, so it is SUPPRESSED. Opens that a proxy made are OPENED. The
    times without a zone are taken for UTC; webhooks have the seconds since the epoch too, which come first.
    ``campaign`` is the first tag.
    """
    return _PROVIDER.read(lines, hints)


_KINDS: Final[dict[str, EventKind | None]] = {
    "delivered": EventKind.DELIVERED,
    "deferred": EventKind.DEFERRED,
    "hard_bounce": EventKind.REFUSED,
    "soft_bounce": EventKind.REFUSED,
    "invalid_email": EventKind.REFUSED,
    "error": EventKind.REFUSED,
    "blocked": EventKind.SUPPRESSED,
    "spam": EventKind.COMPLAINT,
    "complaint": EventKind.COMPLAINT,
    "opened": EventKind.OPENED,
    "unique_opened": EventKind.OPENED,
    "first_opening": EventKind.OPENED,
    "proxy_open": EventKind.OPENED,
    "unique_proxy_open": EventKind.OPENED,
    "click": EventKind.CLICKED,
    **dict.fromkeys(
        ("request", "sent", "unsubscribed", "unsubscribe", "list_addition", "contact_updated", "contact_deleted")
    ),
}
_IN_LISTS: Final = {
    "requests": "request",
    "hardBounces": "hard_bounce",
    "softBounces": "soft_bounce",
    "bounces": "soft_bounce",
    "invalid": "invalid_email",
    "clicks": "click",
    "clicked": "click",
    "loadedByProxy": "proxy_open",
    "hard bounce": "hard_bounce",
    "soft bounce": "soft_bounce",
    "invalid email": "invalid_email",
    "first opening": "first_opening",
}
"""The names of events in Brevo's API and in its log, by those of webhooks."""
_LABELS: Final = {written.lower(): name for written, name in _IN_LISTS.items()}


def _refined(_: Json, event: Event) -> Iterator[Event]:
    label = event.label.lower() if event.kind is EventKind.REFUSED else ""
    yield event._replace(label=_LABELS.get(label, label))


_PROVIDER: Final = Provider(
    "Brevo",
    (
        Shape(
            name="event",
            kinds=_KINDS | {written: _KINDS[name] for written, name in _IN_LISTS.items()},
            recipient="email",
            at="ts_event ts_epoch ts date_event date",
            message_id="message-id messageId",
            campaign="tags tag camp_id",
            local_address="sending_ip",
            text="reason",
            label="event",
            refine=_refined,
        ),
        Shape(
            has="st_text ts email",
            name="st_text",
            kinds=_KINDS | {written: _KINDS[name] for written, name in _IN_LISTS.items()},
            recipient="email",
            at="ts",
            dates="dmy",
            message_id="mid",
            campaign="tag",
            label="st_text",
            refine=_refined,
        ),
    ),
    envelopes=frozenset({"events"}),
)
