"""Events of Amazon SES: event publishing and feedback notifications, in any envelope of Amazon (SNS, SQS and others).

Formats: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html,
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading.json_fields import Json, each, in_brackets, joined, text, within, word, words
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import NoEventError, Provider
from probe.returned_mail.arf import is_complaint

Recipient = TypeVar("Recipient")

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
    return _INTERPRET[_NAMED.name_in(document).lower()](document, event._replace(message_id=_message_id(document)))


def _message_id(document: Json) -> str:
    mail = within(document, "mail")
    headers = (
        word(header, "value") for header in each(mail, "headers") if word(header, "name").lower() == "message-id"
    )
    return in_brackets(word(mail, "commonHeaders", "messageId") or next(headers, "") or word(mail, "messageId"))


def _bounce(document: Json, about: Event) -> Iterator[Event]:
    bounce = within(document, "bounce")
    sub_type = word(bounce, "bounceSubType")
    about = about._replace(
        kind=EventKind.SUPPRESSED if sub_type in _SUPPRESSED else EventKind.REFUSED,
        at=moment(bounce.get("timestamp")),
        mx=word(bounce, "remoteMtaIp"),
        local_address=_reporting_host(bounce),
        label=joined(word(bounce, "bounceType"), sub_type),
    )
    return _diagnosed(bounce, "bouncedRecipients", about)


def _delay(document: Json, about: Event) -> Iterator[Event]:
    delay = within(document, "deliveryDelay")
    about = about._replace(
        kind=EventKind.DEFERRED,
        at=moment(delay.get("timestamp")),
        local_address=_reporting_host(delay),
        label=word(delay, "delayType"),
    )
    return _diagnosed(delay, "delayedRecipients", about)


def _diagnosed(report: Json, recipients: str, about: Event) -> Iterator[Event]:
    for recipient in _required(each(report, recipients), about):
        diagnosis = text(recipient, "diagnosticCode")
        code, enhanced, is_own = reply_codes(diagnosis, enhanced=word(recipient, "status"))
        address = word(recipient, "emailAddress")
        yield about._replace(recipient=address, code=code, enhanced=enhanced, text=diagnosis, is_own_status=is_own)


def _complaint(document: Json, about: Event) -> Iterator[Event]:
    complaint = within(document, "complaint")
    feedback = word(complaint, "complaintFeedbackType")
    sub_type = word(complaint, "complaintSubType")
    kind = EventKind.COMPLAINT if is_complaint(feedback) else EventKind.FEEDBACK
    for recipient in _required(each(complaint, "complainedRecipients"), about._replace(kind=kind)):
        yield about._replace(
            kind=EventKind.SUPPRESSED if sub_type in _SUPPRESSED else kind,
            recipient=word(recipient, "emailAddress"),
            at=moment(complaint.get("timestamp")),
            label=joined(feedback, sub_type),
        )


def _delivery(document: Json, about: Event) -> Iterator[Event]:
    delivery = within(document, "delivery")
    response = text(delivery, "smtpResponse")
    code, enhanced, _ = reply_codes(response)
    for recipient in _required(words(delivery, "recipients"), about):
        yield about._replace(
            recipient=recipient,
            at=moment(delivery.get("timestamp")),
            mx=word(delivery, "remoteMtaIp"),
            local_address=_reporting_host(delivery),
            code=code,
            enhanced=enhanced,
            text=response,
        )


def _declined(document: Json, about: Event) -> Iterator[Event]:
    reason = text(document, "reject", "reason") or text(document, "failure", "errorMessage")
    label = word(document, "eventType") or word(document, "notificationType")
    at = moment(within(document, "mail").get("timestamp"))
    about = about._replace(kind=EventKind.REFUSED, at=at, text=reason, label=label)
    for recipient in _required(words(document, "mail", "destination"), about):
        yield about._replace(recipient=recipient)


def _open(document: Json, about: Event) -> Iterator[Event]:
    return _engaged(
        document, about._replace(kind=EventKind.OPENED, at=moment(within(document, "open").get("timestamp")))
    )


def _click(document: Json, about: Event) -> Iterator[Event]:
    return _engaged(
        document, about._replace(kind=EventKind.CLICKED, at=moment(within(document, "click").get("timestamp")))
    )


def _engaged(document: Json, about: Event) -> Iterator[Event]:
    recipients = _required(words(document, "mail", "destination"), about)
    if len(recipients) == 1:
        yield about._replace(recipient=recipients[0])


def _required(recipients: list[Recipient], about: Event) -> list[Recipient]:
    if not recipients:
        raise NoEventError(f"{about.kind} without a recipient")
    return recipients


def _reporting_host(report: Json) -> str:
    """Return the host that reports, written ``dns; host`` in bounces (RFC 3464 2.2.2) and bare in deliveries."""
    return word(report, "reportingMTA").rpartition(";")[2].strip()


_INTERPRET: Final = {
    "bounce": _bounce,
    "complaint": _complaint,
    "delivery": _delivery,
    "deliverydelay": _delay,
    "reject": _declined,
    "rendering failure": _declined,
    "open": _open,
    "click": _click,
}
_NAMED: Final = Shape(
    name="eventType notificationType",
    kinds={
        "Bounce": EventKind.REFUSED,
        "Complaint": EventKind.COMPLAINT,
        "Delivery": EventKind.DELIVERED,
        "DeliveryDelay": EventKind.DEFERRED,
        "Reject": EventKind.REFUSED,
        "Rendering Failure": EventKind.REFUSED,
        "Open": EventKind.OPENED,
        "Click": EventKind.CLICKED,
        "Send": None,
        "Subscription": None,
        "AmazonSnsSubscriptionSucceeded": None,
    },
    return_path="mail.source",
    campaign="mail.tags.campaign mail.tags.ses:configuration-set",
    refine=_refined,
)
_PROVIDER: Final = Provider(
    "Amazon SES",
    (
        _NAMED,
        Shape(name="Type", kinds={"SubscriptionConfirmation": None, "UnsubscribeConfirmation": None}),
        # SES publishes this sentence instead of JSON when a topic is configured.
        Shape(name="Message", kinds={"Successfully validated SNS topic for Amazon SES event publishing.": None}),
    ),
)
