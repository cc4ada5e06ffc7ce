"""Notifications of Amazon SES as mail of SNS, as the return mailbox may get them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from probe.returned_mail import Action, RecipientEntry, ReturnedKind, read
from probe.returned_mail.notification import notification_in, read_notification

MAIL = (
    "From: no-reply@sns.amazonaws.com\nSubject: AWS Notification Message\n\n{}\n\n--\nTo stop these, visit {{this}}\n"
)
ANN = {"emailAddress": "ann@acme.example", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}


def mail(document: dict[str, Any], *, is_enclosed: bool = False) -> bytes:
    text = json.dumps({"Type": "Notification", "Message": json.dumps(document)} if is_enclosed else document)
    return MAIL.format(text).encode()


@pytest.mark.parametrize(
    ("document", "entry"),
    [
        (
            {"notificationType": "Bounce", "bounce": {"bouncedRecipients": [ANN]}},
            RecipientEntry("ann@acme.example", Action.FAILED, "5.1.1", 550, "550 5.1.1 user unknown"),
        ),
        (
            {"eventType": "DeliveryDelay", "deliveryDelay": {"delayedRecipients": [{"emailAddress": "a@b.example"}]}},
            RecipientEntry("a@b.example", Action.DELAYED),
        ),
        (
            {"eventType": "Delivery", "delivery": {"recipients": ["a@b.example"]}},
            RecipientEntry("a@b.example", Action.DELIVERED),
        ),
    ],
)
def test_a_bounce_a_delay_and_a_delivery_are_reports(document: dict[str, Any], entry: RecipientEntry) -> None:
    for is_enclosed in (False, True):
        found = read(mail(document, is_enclosed=is_enclosed))
        assert (found.kind, found.recipients) == (ReturnedKind.REPORT, (entry,))


@pytest.mark.parametrize(
    ("feedback", "kind"),
    [("abuse", ReturnedKind.COMPLAINT), (None, ReturnedKind.COMPLAINT), ("not-spam", ReturnedKind.FEEDBACK)],
)
def test_a_complaint_is_no_report(feedback: str | None, kind: ReturnedKind) -> None:
    complaint = {"complainedRecipients": [ANN, {"emailAddress": "bob@acme.example"}], "complaintFeedbackType": feedback}
    found = read(mail({"notificationType": "Complaint", "complaint": complaint}, is_enclosed=True))
    assert (found.kind, [each.recipient for each in found.recipients]) == (
        kind,
        ["ann@acme.example", "bob@acme.example"],
    )
    assert {each.text for each in found.recipients} == {feedback or ""}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"notificationType": "Bounce"},
        {"notificationType": "Bounce", "bounce": {"bouncedRecipients": [7, {"emailAddress": "nobody"}]}},
        {"notificationType": ["Bounce"], "bounce": []},
        {"eventType": "Open", "open": {}},
        {"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe"},
    ],
)
def test_what_names_no_recipient_is_no_notification(document: dict[str, Any]) -> None:
    assert read_notification(mail(document)) is None
    assert read(mail(document)).recipients == ()


def test_other_mail_has_no_document() -> None:
    assert notification_in(b"Subject: hello\n\n{}\n") == ""
    assert notification_in(b"Subject: eventType\n\nhello\n") == ""
    assert notification_in(b'Subject: eventType\n\nhello\n{"a":\n"b"}\n') == '{"a":"b"}'
    assert read_notification(b"Subject: eventType\n\n" + b'{"a":' * 100_000) is None
