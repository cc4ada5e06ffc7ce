"""Events of Resend, as its webhooks send them (https://resend.com/docs/webhooks/event-types)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, word, words
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import NoEventError, Provider

_SUPPRESSED: Final = {"Suppressed", "OnAccountSuppressionList"}
_OF_ALL: Final = {EventKind.DELIVERED, EventKind.SUPPRESSED}
"""Events that hold for every recipient of a message."""


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook and each of its recipients.

    Classes of bounces are those of Amazon SES, which Resend sends through: ``Permanent/General``. A message that Resend
    itself could not send is REFUSED with the label ``email.failed``. An event about one of several recipients is read
    only if the server's words name the address. ``message_id`` is Resend's identifier in brackets, unless the event has
    the header.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    several = words(document, "data", "to")
    if len(several) > 1 and event.kind not in _OF_ALL:
        named = [address for address in several if address.strip("<>").lower() in event.text.lower()]
        if not named:
            raise NoEventError(f"{event.kind} for one of several recipients, which is not told")
        if event.recipient not in named:
            return
    if word(document, "data", "bounce", "subType") in _SUPPRESSED:
        event = event._replace(kind=EventKind.SUPPRESSED)
    elif word(document, "type") == "email.failed":
        event = event._replace(label="email.failed")
    yield event


_PROVIDER: Final = Provider(
    "Resend",
    (
        Shape(
            name="type",
            kinds={
                "email.delivered": EventKind.DELIVERED,
                "email.delivery_delayed": EventKind.DEFERRED,
                "email.bounced": EventKind.REFUSED,
                "email.failed": EventKind.REFUSED,
                "email.suppressed": EventKind.SUPPRESSED,
                "email.complained": EventKind.COMPLAINT,
                "email.opened": EventKind.OPENED,
                "email.clicked": EventKind.CLICKED,
                **dict.fromkeys(
                    f"{about}.{what}"
                    for about, happened in (
                        ("email", "sent scheduled received"),
                        ("contact", "created updated deleted"),
                        ("domain", "created updated deleted"),
                    )
                    for what in happened.split()
                ),
            },
            recipient="data.to",
            at="created_at",
            message_id="data.message_id data.email_id",
            campaign="data.tags.campaign data.broadcast_id",
            text="data.bounce.diagnosticCode.0 data.bounce.diagnosticCode data.bounce.message data.failed.reason",
            label="data.bounce.type data.bounce.subType",
            refine=_refined,
        ),
    ),
)
