"""Events of Postmark, as its webhooks send them, and its lists of bounces and suppressions.

Formats: https://postmarkapp.com/developer/webhooks/webhooks-overview and the pages beside it; lists:
https://postmarkapp.com/developer/api/bounce-api and https://postmarkapp.com/developer/api/suppressions-api; types of
bounces: https://postmarkapp.com/developer/api/bounce-api#bounce-types.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, word
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider

_BOUNCES: Final = {
    "Transient": EventKind.DEFERRED,
    "AutoResponder": EventKind.AUTO_REPLY,
    "AddressChange": EventKind.AUTO_REPLY,
    "ChallengeVerification": EventKind.AUTO_REPLY,
    "SpamComplaint": EventKind.COMPLAINT,
    "ManuallyDeactivated": EventKind.SUPPRESSED,
    "Subscribe": None,
    "Unsubscribe": None,
    "OpenRelayTest": None,
    "InboundError": None,
}
"""Types that are not failures; None says nothing about the message. All others mean that delivery was given up."""


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each webhook, and for each row of a list.

    A bounce of type Transient is DEFERRED (Postmark calls it "message delayed" and tries again). Auto-responders,
    changes of address and challenges are AUTO_REPLY. All other bounces are REFUSED, also those that arrived in a report
    after the delivery: no field distinguishes them. A SubscriptionChange is SUPPRESSED if it starts a suppression,
    although it is about an address and not about a message. If it ends one, there is no event.

    ``message_id`` is ``<MessageID@mtasv.net>``, the header that Postmark writes unless ``X-PM-KeepID`` asks to keep the
    sender's (https://postmarkapp.com/developer/user-guide/send-email-with-smtp); webhooks contain no header.
    ``campaign`` is the tag. ``label`` is a bounce's Type, or a suppression's reason. ``return_path`` is empty, as
    webhooks do not contain it.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    record = word(document, "RecordType")
    if record == "SubscriptionChange" and document.get("SuppressSending") is not True:
        return
    event = _with_id(event)
    if record not in {"Bounce", "SpamComplaint"}:
        yield event._replace(label=word(document, "SuppressionReason"))
        return
    kind = _BOUNCES.get(event.label, event.kind)
    if kind is not None:
        yield event._replace(kind=kind)


def _listed(_: Json, event: Event) -> Iterator[Event]:
    yield _with_id(event)


def _with_id(event: Event) -> Event:
    return event._replace(message_id=f"<{event.message_id.strip('<>')}@mtasv.net>" if event.message_id else "")


_PROVIDER: Final = Provider(
    "Postmark",
    (
        Shape(
            name="RecordType",
            kinds={
                "Delivery": EventKind.DELIVERED,
                "Bounce": EventKind.REFUSED,
                "SpamComplaint": EventKind.COMPLAINT,
                "Open": EventKind.OPENED,
                "Click": EventKind.CLICKED,
                "SubscriptionChange": EventKind.SUPPRESSED,
            },
            recipient="Recipient Email",
            at="DeliveredAt BouncedAt ReceivedAt ChangedAt",
            message_id="MessageID",
            campaign="Tag",
            # Description is Postmark's explanation of the type; it is used if there is no text of a server.
            text="Details Description",
            label="Type",
            refine=_refined,
        ),
        Shape(
            has="Email Type BouncedAt",
            name="Type",
            kinds=_BOUNCES,
            kind=EventKind.REFUSED,
            recipient="Email",
            at="BouncedAt",
            message_id="MessageID",
            campaign="Tag",
            text="Details Description",
            label="Type",
            refine=_listed,
        ),
        Shape(
            has="EmailAddress SuppressionReason",
            name="SuppressionReason",
            kinds={"SpamComplaint": EventKind.COMPLAINT},
            kind=EventKind.SUPPRESSED,
            recipient="EmailAddress",
            at="CreatedAt",
            label="SuppressionReason",
        ),
    ),
    envelopes=frozenset({"Bounces", "Suppressions"}),
)
