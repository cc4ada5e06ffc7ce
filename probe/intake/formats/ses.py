"""Events of Amazon SES: event publishing and feedback notifications, in any envelope of Amazon (SNS, SQS and others).

Formats: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html,
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, each, in_brackets, word, words
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import Provider
from probe.returned_mail.arf import is_complaint

_ENGAGED: Final = {EventKind.OPENED, EventKind.CLICKED}
_SUPPRESSED: Final = {"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList", "UnsubscribedRecipient"}


def read(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event for each recipient that a bounce, complaint, delivery or delay names.

    A bounce is REFUSED even if it arrived in a report after a delivery: no field distinguishes them, but in the whole
    log a DELIVERED event comes first. Bounces and complaints that SES generates for an address on a suppression list
    are SUPPRESSED. A message that SES itself declined (a virus, or a template that it could not render) is REFUSED
    without code, with the event's name as label. An open or click is an event only if the message had a single
    recipient; otherwise the recipient is unknown.

    ``message_id`` is the header that the sender gave to SES; without headers in the event it is SES's own identifier.
    ``campaign`` is the message tag of that name, or else the configuration set.
    """
    return _PROVIDER.read(lines, hints)


def _refined(document: Json, event: Event) -> Iterator[Event]:
    headers = each(document, "mail", "headers")
    ids = (word(header, "value") for header in headers if word(header, "name").lower() == "message-id")
    if event.kind in _ENGAGED and len(words(document, "mail", "destination")) > 1:
        return
    if event.kind is EventKind.COMPLAINT and not is_complaint(word(document, "complaint", "complaintFeedbackType")):
        event = event._replace(kind=EventKind.FEEDBACK)
    sub_types = {word(document, "bounce", "bounceSubType"), word(document, "complaint", "complaintSubType")}
    yield event._replace(
        kind=event.kind if sub_types.isdisjoint(_SUPPRESSED) else EventKind.SUPPRESSED,
        message_id=event.message_id or in_brackets(next(ids, "") or word(document, "mail", "messageId")),
        # Written "dns; host" in bounces (RFC 3464 section 2.2.2), and bare in deliveries.
        local_address=event.local_address.rpartition(";")[2].strip(),
    )


_ANY: Final = Shape(
    name="eventType notificationType",
    message_id="mail.commonHeaders.messageId",
    return_path="mail.source",
    campaign="mail.tags.campaign mail.tags.ses:configuration-set",
    refine=_refined,
)
_DECLINED: Final = replace(
    _ANY,
    kinds={"Reject": EventKind.REFUSED, "Rendering Failure": EventKind.REFUSED},
    recipient="mail.destination",
    at="mail.timestamp",
    text="reject.reason failure.errorMessage",
    label=_ANY.name,
)
_SHAPES: Final = (
    replace(
        _ANY,
        kinds={"Bounce": EventKind.REFUSED},
        each="bounce.bouncedRecipients",
        recipient="each.emailAddress",
        at="bounce.timestamp",
        local_address="bounce.reportingMTA",
        mx="bounce.remoteMtaIp",
        enhanced="each.status",
        text="each.diagnosticCode",
        label="bounce.bounceType bounce.bounceSubType",
    ),
    replace(
        _ANY,
        kinds={"Complaint": EventKind.COMPLAINT},
        each="complaint.complainedRecipients",
        recipient="each.emailAddress",
        at="complaint.timestamp",
        label="complaint.complaintFeedbackType complaint.complaintSubType",
    ),
    replace(
        _ANY,
        kinds={"Delivery": EventKind.DELIVERED},
        recipient="delivery.recipients",
        at="delivery.timestamp",
        local_address="delivery.reportingMTA",
        mx="delivery.remoteMtaIp",
        text="delivery.smtpResponse",
    ),
    replace(
        _ANY,
        kinds={"DeliveryDelay": EventKind.DEFERRED},
        each="deliveryDelay.delayedRecipients",
        recipient="each.emailAddress",
        at="deliveryDelay.timestamp",
        local_address="deliveryDelay.reportingMTA",
        enhanced="each.status",
        text="each.diagnosticCode",
        label="deliveryDelay.delayType",
    ),
    _DECLINED,
    replace(_ANY, kinds={"Open": EventKind.OPENED}, recipient="mail.destination", at="open.timestamp"),
    replace(_ANY, kinds={"Click": EventKind.CLICKED}, recipient="mail.destination", at="click.timestamp"),
    replace(_ANY, kinds={"Send": None, "Subscription": None, "AmazonSnsSubscriptionSucceeded": None}),
    Shape(name="Type", kinds={"SubscriptionConfirmation": None, "UnsubscribeConfirmation": None}),
    # SES publishes this sentence instead of JSON when a topic is configured.
    Shape(name="Message", kinds={"Successfully validated SNS topic for Amazon SES event publishing.": None}),
)
_PROVIDER: Final = Provider("Amazon SES", _SHAPES)
