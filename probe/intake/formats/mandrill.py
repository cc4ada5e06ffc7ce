"""Events of Mandrill (Mailchimp Transactional), as its webhooks send them.

Format: https://mailchimp.com/developer/transactional/docs/webhooks/; reasons of rejections:
https://mailchimp.com/developer/transactional/docs/reputation-rejections/.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, joined, word
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider

_NOT_OF_ADDRESSES: Final = {"invalid-sender", "test-mode-limit", "unsigned", "rule", "recipient-not-enabled"}
"""Reasons of rejections that say nothing about the recipient."""


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each element of ``mandrill_events``, form-encoded as Mandrill posts them or not.

    Both ``send`` and ``delivered`` are DELIVERED; hard and soft bounces are REFUSED, as Mandrill does not try again.
    ``label`` is the event and the bounce's description: ``hard_bounce/bad_mailbox``. Rejected mail is SUPPRESSED if the
    address is the reason, otherwise REFUSED with the label ``reject/REASON``. ``message_id`` is Mandrill's identifier
    in brackets; webhooks contain no header. ``campaign`` is the first tag.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    name = word(document, "event")
    if name == "reject":
        reason = word(document, "msg", "reject", "reason") or word(document, "msg", "reject_reason")
        kind = EventKind.REFUSED if reason in _NOT_OF_ADDRESSES else EventKind.SUPPRESSED
        event = event._replace(kind=kind, label=joined(name, reason))
    elif event.kind is EventKind.REFUSED:
        event = event._replace(label=joined(name, event.label))
    yield event


_PROVIDER: Final = Provider(
    "Mandrill",
    (
        Shape(
            name="event",
            kinds={
                "send": EventKind.DELIVERED,
                "delivered": EventKind.DELIVERED,
                "deferral": EventKind.DEFERRED,
                "hard_bounce": EventKind.REFUSED,
                "soft_bounce": EventKind.REFUSED,
                "reject": EventKind.SUPPRESSED,
                "spam": EventKind.COMPLAINT,
                "open": EventKind.OPENED,
                "click": EventKind.CLICKED,
                "unsub": None,
                "inbound": None,
            },
            recipient="msg.email",
            at="ts msg.ts",
            message_id="msg._id",
            campaign="msg.tags",
            local_address="msg.smtp_events.-1.source_ip",
            mx="msg.smtp_events.-1.destination_ip",
            text="msg.diag msg.smtp_events.-1.diag",
            label="msg.bounce_description",
            refine=_refined,
        ),
        # Changes of the lists of addresses that are rejected, or always allowed.
        Shape(name="type", kinds={"blacklist": None, "whitelist": None, "allowlist": None, "denylist": None}),
    ),
)
