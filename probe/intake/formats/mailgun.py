"""Events of Mailgun: its webhooks, the pages of its Events API, and its lists of bounces and complaints.

Formats: https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads,
https://documentation.mailgun.com/docs/mailgun/user-manual/events/events. About delayed bounces:
https://documentation.mailgun.com/docs/mailgun/user-manual/tracking-messages/tracking-failures; lists:
https://documentation.mailgun.com/docs/mailgun/api-reference/send/mailgun/bounces (the export as CSV has the same
columns).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, field, word
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider

_SUPPRESSED_CODES: Final = {"605", "606", "607"}
"""Mailgun's own codes instead of a server's: the address bounced, unsubscribed or complained before."""


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook (``event-data``), each of a page's ``items``, and each row of a list.

    A failure is DEFERRED if its severity is temporary, BOUNCED_LATER if the flag ``is-delayed-bounce`` is set (the
    message was delivered before), and SUPPRESSED if its reason starts with ``suppress-``. ``label`` is severity, reason
    and, if there is one, bounce type: ``permanent/bounce/hard``. A message that Mailgun itself rejected is REFUSED
    without code, with the label ``rejected``. The older webhooks, forms with ``bounced`` and ``dropped``, are read as
    well: mail is ``dropped`` after retries, or because the address is on a list, which is SUPPRESSED.
    ``campaign`` is the first tag; tags have replaced Mailgun's campaigns.
    """
    return _PROVIDER.read(lines, hints)


def _refined(item: Json, event: Event) -> Iterator[Event]:
    name = word(item, "event")
    label = name if name == "rejected" else event.label
    yield event._replace(kind=_kind(item) if name in {"failed", "dropped"} else event.kind, label=label)


def _kind(item: Json) -> EventKind:
    codes = {word(item, "delivery-status", "code"), word(item, "code")}
    if word(item, "reason").startswith("suppress-") or codes & _SUPPRESSED_CODES:
        return EventKind.SUPPRESSED
    if field(item, "flags", "is-delayed-bounce") is True:
        return EventKind.BOUNCED_LATER
    return EventKind.DEFERRED if word(item, "severity") == "temporary" else EventKind.REFUSED


_PROVIDER: Final = Provider(
    "Mailgun",
    (
        Shape(
            name="event",
            kinds={
                "delivered": EventKind.DELIVERED,
                "failed": EventKind.REFUSED,
                "rejected": EventKind.REFUSED,
                "complained": EventKind.COMPLAINT,
                "opened": EventKind.OPENED,
                "clicked": EventKind.CLICKED,
                "bounced": EventKind.REFUSED,
                "dropped": EventKind.REFUSED,
                "accepted": None,
                "stored": None,
                "unsubscribed": None,
                "list_member_uploaded": None,
                "list_member_upload_error": None,
                "list_uploaded": None,
            },
            # A rejected message has its recipient only in its envelope or its header.
            recipient="recipient envelope.targets message.recipients message.headers.to",
            at="timestamp",
            message_id="message.headers.message-id Message-Id message-id",
            return_path="envelope.sender",
            campaign="tags tag X-Mailgun-Tag campaign-id",
            local_address="envelope.sending-ip",
            mx="delivery-status.mx-host",
            code="delivery-status.code code",
            enhanced="delivery-status.enhanced-code delivery-status.bounce-code",
            text="delivery-status.message delivery-status.description reject.reason error description",
            label="severity reason delivery-status.bounce-type",
            refine=_refined,
        ),
        Shape(
            has="address created_at error",
            kind=EventKind.REFUSED,
            recipient="address",
            at="created_at",
            code="code",
            text="error",
        ),
        Shape(has="address created_at count", kind=EventKind.COMPLAINT, recipient="address", at="created_at"),
    ),
    envelopes=frozenset({"items"}),
)
