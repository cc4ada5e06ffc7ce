"""Events of Zoho ZeptoMail, as its webhooks send them (https://www.zoho.com/zeptomail/help/webhooks.html)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, each, joined, text, within, word
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each recipient in the details of each message.

    Hard and soft bounces are REFUSED, as ZeptoMail does not try again; ``label`` is the event and its reason:
    ``hardbounce/unknown``. ``campaign`` is the reference that the sender gave.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    for message in each(document, "event_message"):
        about = within(message, "email_info")
        event = event._replace(
            return_path=word(about, "bounce_address"),
            campaign=word(about, "client_reference"),
        )
        addressed = [address for to in each(about, "to") if (address := word(to, "email_address", "address"))]
        for data in each(message, "event_data"):
            for detail in each(data, "details") or [{}]:
                yield from _detailed(event, detail, addressed)


def _detailed(event: Event, detail: object, addressed: list[str]) -> Iterator[Event]:
    reply = text(detail, "diagnostic_message")
    code, enhanced, is_own = reply_codes(reply)
    named = word(detail, "bounced_recipient") or word(detail, "recipient")
    # An event that names nobody is about the message's only recipient.
    yield event._replace(
        recipient=named or (addressed[0] if len(addressed) == 1 else ""),
        at=moment(within(detail).get("time")),
        code=code,
        enhanced=enhanced,
        text=reply,
        label=joined(event.label, word(detail, "reason")) if event.kind is EventKind.REFUSED else "",
        is_own_status=is_own,
    )


_PROVIDER: Final = Provider(
    "ZeptoMail",
    (
        Shape(
            name="event_name.0 event_name",
            kinds={
                "delivered": EventKind.DELIVERED,
                "deferred": EventKind.DEFERRED,
                "hardbounce": EventKind.REFUSED,
                "softbounce": EventKind.REFUSED,
                "feedback_loop": EventKind.COMPLAINT,
                "email_open": EventKind.OPENED,
                "email_link_click": EventKind.CLICKED,
                "open": EventKind.OPENED,
                "click": EventKind.CLICKED,
                "sent": None,
            },
            label="event_name",
            refine=_refined,
        ),
    ),
)
