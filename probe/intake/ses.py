"""Amazon SES: published events and feedback notifications, bare or as SNS delivers them.

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from probe.intake.documents import Document, documents, list_of, text_of, value_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bracketed, read_any_moment, read_reply, words_of

_SUPPRESSED: Final = {"Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"}
_OF_RECIPIENTS: Final = {
    "Delivery": (Kind.DELIVERED, "delivery", "recipients"),
    "Complaint": (Kind.COMPLAINT, "complaint", "complainedRecipients"),
    "DeliveryDelay": (Kind.DEFERRED, "deliveryDelay", "delayedRecipients"),
    "Bounce": (Kind.REFUSED, "bounce", "bouncedRecipients"),
    "Open": (Kind.OPENED, "open", ""),
    "Click": (Kind.CLICKED, "click", ""),
}
_PASSED_OVER: Final = {"Send", "Reject", "Rendering Failure", "Subscription"}


def read(lines: Iterable[Line]) -> Iterator[Event | BadLine]:
    """Yield an event for every recipient of every event.

    SES does not tell a refusal in the dialogue from a report that came later: both are bounces, and REFUSED here.
    """
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        inner = _unwrapped(document)
        if isinstance(inner, BadLine):
            yield inner
        elif inner is not None:
            yield from _events(document.number, inner)


def _unwrapped(document: Document) -> dict[str, Any] | BadLine | None:
    """Return the message inside what SNS sends; None for its notes about subscriptions."""
    if "Message" not in document.fields or "Type" not in document.fields:
        return document.fields
    if document.fields["Type"] != "Notification":
        return None
    try:
        inner = json.loads(text_of(document.fields, "Message"))
    except (ValueError, RecursionError):
        inner = None
    return (
        inner if isinstance(inner, dict) else BadLine(document.number, "is a notification without JSON in its Message")
    )


def _events(number: int, fields: dict[str, Any]) -> Iterator[Event | BadLine]:
    name = text_of(fields, "eventType") or text_of(fields, "notificationType")
    if name in _PASSED_OVER:
        return
    if name not in _OF_RECIPIENTS:
        yield BadLine(number, f"has the type {name[:20]!r}")
        return
    kind, key, listed = _OF_RECIPIENTS[name]
    about = value_of(fields, key)
    recipients = list_of(about, listed) or list_of(fields, "mail", "destination")
    if not recipients:
        yield BadLine(number, "has no recipient")
    label = "/".join(filter(None, (text_of(about, "bounceType"), text_of(about, "bounceSubType"))))
    if text_of(about, "bounceSubType") in _SUPPRESSED:
        kind = Kind.SUPPRESSED
    for each in recipients:
        recipient = each if isinstance(each, str) else text_of(each, "emailAddress")
        if not recipient:
            yield BadLine(number, "has a recipient without an address")
            continue
        said = text_of(each, "diagnosticCode") or text_of(about, "smtpResponse")
        said = said.removeprefix("smtp;").strip()
        code, enhanced = read_reply(said)
        yield Event(
            kind,
            recipient,
            read_any_moment(value_of(about, "timestamp") or value_of(fields, "mail", "timestamp")),
            bracketed(text_of(fields, "mail", "commonHeaders", "messageId") or text_of(fields, "mail", "messageId")),
            text_of(fields, "mail", "source"),
            text_of(fields, "mail", "tags", "campaign", 0),
            mx=text_of(about, "remoteMtaIp"),
            stage="end-of-data" if kind is Kind.DELIVERED else None,
            code=code,
            enhanced=enhanced or text_of(each, "status") or None,
            text=words_of(said),
            label=label or text_of(about, "complaintFeedbackType") or text_of(about, "delayType"),
        )
