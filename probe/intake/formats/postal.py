"""Events of Postal, the mail server, as its webhooks send them (https://docs.postalserver.io/developer/webhooks)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, text
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook.

    A bounce arrived in a report, so it is BOUNCED_LATER; webhooks do not say why. A message that is held is SUPPRESSED
    if its recipient is on the suppression list; held for another reason it waits, which is no event. An incoming
    message is no event of the sender. ``text`` is what the receiving server said, or else Postal's own words.
    ``campaign`` is the tag.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    if any(text(document, "payload", each, "direction") == "incoming" for each in ("message", "original_message")):
        return
    if event.kind is EventKind.SUPPRESSED and "suppression list" not in text(document, "payload", "details"):
        return
    yield event


_PROVIDER: Final = Provider(
    "Postal",
    (
        Shape(
            name="event",
            kinds={
                "MessageSent": EventKind.DELIVERED,
                "MessageDelayed": EventKind.DEFERRED,
                "MessageDeliveryFailed": EventKind.REFUSED,
                "MessageBounced": EventKind.BOUNCED_LATER,
                "MessageHeld": EventKind.SUPPRESSED,
                "MessageLoaded": EventKind.OPENED,
                "MessageLinkClicked": EventKind.CLICKED,
                "DomainDNSError": None,
                "SendLimitApproaching": None,
                "SendLimitExceeded": None,
            },
            recipient="payload.message.to payload.original_message.to",
            at="payload.timestamp timestamp payload.bounce.timestamp",
            message_id="payload.message.message_id payload.original_message.message_id",
            campaign="payload.message.tag payload.original_message.tag",
            text="payload.output payload.details",
            refine=_refined,
        ),
    ),
)
