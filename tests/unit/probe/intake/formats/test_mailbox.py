"""Returned messages as events."""

from __future__ import annotations

import json
from email.message import EmailMessage

import pytest

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import mailbox
from probe.returned_mail import verp
from probe.returned_mail.verp import Delimiters

REPORT = b"""\
From: MAILER-DAEMON@mx.acme.example\r
To: bounces@shop.example\r
Date: Mon, 2 Mar 2026 08:00:00 +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary=b\r
\r
--b\r
Content-Type: text/plain\r
\r
Not delivered.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.acme.example\r
\r
Final-Recipient: rfc822; ann@acme.example\r
Action: %s\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b--\r
"""


def test_a_failure_report_is_a_late_bounce_with_the_servers_reply() -> None:
    (event,) = mailbox.events([REPORT % b"failed"])
    assert isinstance(event, Event)
    assert (event.kind, event.recipient, event.at) == (EventKind.BOUNCED_LATER, "ann@acme.example", 1_772_438_400)
    assert (event.code, event.enhanced, event.return_path) == (550, "5.1.1", "bounces@shop.example")


def test_the_action_of_a_report_decides_the_kind() -> None:
    found = [next(mailbox.events([REPORT % action])) for action in (b"delayed", b"delivered", b"relayed")]
    kinds = [each.kind for each in found if isinstance(each, Event)]
    assert kinds == [EventKind.DEFERRED, EventKind.DELIVERED, EventKind.DELIVERED]


@pytest.mark.parametrize(("feedback", "kind"), [(b"abuse", "complaint"), (b"not-spam", "feedback")])
def test_feedback_is_a_complaint_by_its_type(feedback: bytes, kind: str) -> None:
    fields = b"Feedback-Type: %s\r\nOriginal-Rcpt-To: ann@acme.example\r\n" % feedback
    (event,) = mailbox.events([b"Subject: feedback\r\n\r\n" + fields])
    assert isinstance(event, Event)
    assert (event.kind, event.recipient, event.label) == (kind, "ann@acme.example", feedback.decode())


@pytest.mark.parametrize(("feedback", "kind"), [(b"abuse", "complaint"), (b"opt-out", "feedback")])
def test_feedback_that_names_nobody_but_in_the_return_path_keeps_its_type(feedback: bytes, kind: str) -> None:
    octets = b"To: news+ann=acme.example@shop.example\r\n\r\nFeedback-Type: %s\r\nVersion: 1\r\n" % feedback
    (event,) = mailbox.events([octets])
    assert isinstance(event, Event)
    assert (event.kind, event.recipient, event.label) == (kind, "ann@acme.example", feedback.decode())


BOUNCE = {
    "notificationType": "Bounce",
    "bounce": {
        "bounceType": "Permanent",
        "bounceSubType": "General",
        "bouncedRecipients": [{"emailAddress": "ann@acme.example", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}],
    },
    "mail": {
        "source": "news@shop.example",
        "headers": [{"name": f"X-{number}", "value": "x y"} for number in range(200)],
    },
}
COMPLAINT = {
    "eventType": "Complaint",
    "complaint": {
        "complainedRecipients": [{"emailAddress": "ann@acme.example"}, {"emailAddress": "bob@acme.example"}],
        "complaintFeedbackType": "abuse",
    },
}
FOOTER = (
    "\n--\nIf you wish to stop receiving notifications from this topic, please visit\nhttps://sns.example.com/x?y={z}\n"
)


def notification(document: object, *, way: str = "8bit", fold: int = 0, above: str = "") -> bytes:
    """Return a mail of Amazon SNS with a JSON document."""
    mail = EmailMessage()
    mail["From"] = "AWS Notifications <no-reply@sns.amazonaws.com>"
    mail["To"] = "bounces@shop.example"
    mail["Date"] = "Mon, 2 Mar 2026 08:00:00 +0000"
    mail["Subject"] = "AWS Notification Message"
    text = document if isinstance(document, str) else json.dumps(document)
    if fold:
        text = "\n".join(text[start : start + fold] for start in range(0, len(text), fold))
    mail.set_content(above + text + "\n" + FOOTER, cte=way)
    return mail.as_bytes()


@pytest.mark.parametrize("way", ["8bit", "quoted-printable", "base64"])
@pytest.mark.parametrize("document", [BOUNCE, {"Type": "Notification", "Message": json.dumps(BOUNCE)}])
@pytest.mark.parametrize(("fold", "above"), [(0, ""), (900, ""), (0, "Forwarded message\n\n")])
def test_a_notification_of_ses_is_read_as_its_event(way: str, document: object, fold: int, above: str) -> None:
    (event,) = mailbox.events([notification(document, way=way, fold=fold, above=above)])
    assert isinstance(event, Event)
    assert (event.kind, event.recipient, event.at) == (EventKind.BOUNCED_LATER, "ann@acme.example", 1_772_438_400)
    assert (event.code, event.enhanced, event.label) == (550, "5.1.1", "Permanent/General")


def test_a_complaint_that_ses_notifies_of_is_a_complaint_of_each() -> None:
    found = list(mailbox.events([notification(COMPLAINT)]))
    assert [(each.kind, each.recipient) for each in found if isinstance(each, Event)] == [
        (EventKind.COMPLAINT, "ann@acme.example"),
        (EventKind.COMPLAINT, "bob@acme.example"),
    ]


@pytest.mark.parametrize(
    "document",
    [
        {"Type": "SubscriptionConfirmation", "Message": "You have chosen to subscribe to the topic"},
        {"notificationType": "AmazonSnsSubscriptionSucceeded", "message": "You have subscribed ann@acme.example"},
        '{"notificationType": "Bounce", "bounce": {"bouncedRecipients": [{"emailAddress": "ann@acm',
        "Your topic will be deleted.",
    ],
)
def test_other_mail_of_sns_is_no_event(document: object) -> None:
    (found,) = mailbox.events([notification(document)])
    assert isinstance(found, BadLine)


def test_a_message_without_recipient_is_a_bad_line_with_its_number() -> None:
    found = list(mailbox.events([REPORT % b"failed", b"Subject: hello\r\n\r\nhello\r\n"]))
    assert found[1] == BadLine(2, "a message that is no delivery report", "Subject: hello", "message")


def test_a_report_whose_recipient_is_not_found_is_called_a_report() -> None:
    mail = b"From: MAILER-DAEMON@mx.acme.example\r\nSubject: Undelivered Mail\r\n\r\n550 5.1.1 unknown\r\n"
    (found,) = mailbox.events([mail])
    assert isinstance(found, BadLine)
    assert found.reason == "a report whose recipient was not found"


def test_the_return_path_names_the_recipient_of_an_automatic_answer() -> None:
    came_to = verp.encode("news", "ann@acme.example", "shop.example")
    answer = f"To: {came_to}\r\nAuto-Submitted: auto-replied\r\nSubject: away\r\n\r\nI am away.\r\n"
    (event,) = mailbox.events([answer.encode()])
    assert isinstance(event, Event)
    assert (event.kind, event.recipient, event.campaign) == (EventKind.AUTO_REPLY, "ann@acme.example", "news")


def one(octets: bytes) -> Event:
    """Return the only event of a message."""
    (event,) = mailbox.events([octets])
    assert isinstance(event, Event)
    return event


def test_a_report_about_a_forward_is_about_the_address_that_was_mailed() -> None:
    report = (REPORT % b"failed").replace(b"Action:", b"Original-Recipient: rfc822; eve@shop.example\r\nAction:")
    event = one(report)
    assert (event.recipient, event.final_recipient) == ("eve@shop.example", "ann@acme.example")
    by_verp = one(report.replace(b"To: bounces@", b"X-Original-To: news+bob=acme.example@shop.example\r\nTo: bounces@"))
    assert (by_verp.recipient, by_verp.final_recipient, by_verp.campaign) == (
        "bob@acme.example", "ann@acme.example", "news",
    )  # fmt: skip


def test_feedback_is_about_the_recipient_in_the_return_path_of_the_message() -> None:
    redacted = b"To: fbl@shop.example\r\n\r\nFeedback-Type: abuse\r\nOriginal-Rcpt-To: redacted@acme.example\r\n%s"
    path = b"Original-Mail-From: <news+ann=acme.example@shop.example>\r\n"
    event = one(redacted % path)
    assert (event.kind, event.recipient, event.campaign, event.final_recipient) == (
        EventKind.COMPLAINT, "ann@acme.example", "news", "",
    )  # fmt: skip


def test_a_recipient_that_only_the_returned_header_names_is_inferred() -> None:
    original = (
        b"\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: news@shop.example\r\nTo: eve@acme.example\r\n\r\n--b--"
    )
    report = (REPORT % b"failed").replace(b"Final-Recipient: rfc822; ann@acme.example\r\n", b"")
    event = one(report.replace(b"\r\n--b--", original))
    assert (event.recipient, event.is_inferred, event.enhanced) == ("eve@acme.example", True, "5.1.1")


def test_the_senders_own_signs_find_the_recipient_in_the_return_path() -> None:
    answer = b"To: news#bob%acme.example@shop.example\r\nAuto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    (event,) = mailbox.events([answer], Delimiters("#", "%"))
    assert isinstance(event, Event)
    assert (event.recipient, event.campaign) == ("bob@acme.example", "news")
