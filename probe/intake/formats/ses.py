"""Events of Amazon SES: event publishing and feedback notifications, with or without the envelope of Amazon SNS.

Formats: https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html,
https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html,
https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading.json_documents import NoEventError, events
from probe.intake.reading.json_fields import Json, each, in_brackets, joined, text, within, word, words
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import reply_codes
from probe.returned_mail.arf import is_complaint

Recipient = TypeVar("Recipient")

_SUPPRESSED: Final = {"Suppressed", "OnAccountSuppressionList", "OnTenantSuppressionList", "UnsubscribedRecipient"}
_NO_EVENT: Final = {"Send", "Subscription"}
_NO_NOTIFICATION: Final = {"SubscriptionConfirmation", "UnsubscribeConfirmation"}
_SNS_GREETING: Final = "Successfully validated SNS topic"
"""SES publishes this sentence instead of JSON when a topic is configured."""


def read(lines: Iterable[LogLine]) -> Iterator[Event | BadLine]:
    """Yield an event for each recipient that a bounce, complaint, delivery or delay names.

    A bounce is REFUSED even if it arrived in a report after a delivery: no field distinguishes them, but in the whole
    log a DELIVERED event comes first. Bounces and complaints that SES generates for an address on a suppression list
    are SUPPRESSED. A message that SES itself declined (a virus, or a template that it could not render) is REFUSED
    without code, with the event's name as label. An open or click is an event only if the message had a single
    recipient; otherwise the recipient is unknown.

    ``message_id`` is the header that the sender gave to SES; without headers in the event it is SES's own identifier.
    ``campaign`` is the message tag of that name, or else the configuration set.
    """
    return events(lines, _interpret)


def _interpret(document: Json) -> Iterator[Event]:
    if "Type" in document:
        if word(document, "Type") in _NO_NOTIFICATION or text(document, "Message").startswith(_SNS_GREETING):
            return
        document = _unwrapped(document)
    name = word(document, "eventType") or word(document, "notificationType")
    if name in _NO_EVENT or name == "AmazonSnsSubscriptionSucceeded":
        return
    interpret = _INTERPRET.get(name)
    if interpret is None:
        raise NoEventError(f"not an SES event ({name[:60] or 'neither eventType nor notificationType'})")
    mail = within(document, "mail")
    tags = within(mail, "tags")
    about = Event(
        EventKind.DELIVERED,
        recipient="",
        message_id=_message_id(mail),
        return_path=word(mail, "source"),
        campaign=next(iter(words(tags, "campaign") + words(tags, "ses:configuration-set")), ""),
    )
    yield from interpret(document, about)


def _unwrapped(envelope: Json) -> Json:
    message = envelope.get("Message")
    try:
        # Not cut to the maximum length of a text, as it is a whole document.
        document = json.loads(message) if isinstance(message, str) else message
    except (ValueError, RecursionError):
        document = None
    if not isinstance(document, dict):
        raise NoEventError("an SNS notification whose Message is not a JSON object")
    return document


def _message_id(mail: Json) -> str:
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
    "Bounce": _bounce,
    "Complaint": _complaint,
    "Delivery": _delivery,
    "DeliveryDelay": _delay,
    "Reject": _declined,
    "Rendering Failure": _declined,
    "Open": _open,
    "Click": _click,
}
