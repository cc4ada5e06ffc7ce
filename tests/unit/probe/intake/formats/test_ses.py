"""Events of Amazon SES are read as its documentation describes them.

The sample follows https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-examples.html and
https://docs.aws.amazon.com/ses/latest/dg/notification-examples.html.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import ses

SENDER = "news@sender.example"
AT = 1501893660.0
"""2017-08-05T00:41:00Z"""

HARD = Event(
    EventKind.REFUSED,
    "ann@a.example",
    AT + 2.25,
    "<letter1@sender.example>",
    SENDER,
    "august",
    local_address="a8-70.smtp-out.amazonses.example",
    mx="192.0.2.25",
    code=550,
    enhanced="5.1.1",
    text="smtp; 550 5.1.1 no such user",
    label="Permanent/General",
)
DELIVERED = Event(
    EventKind.DELIVERED,
    "gus@b.example",
    AT + 7,
    "<letter6@sender.example>",
    SENDER,
    local_address="a8-70.smtp-out.amazonses.example",
    mx="198.51.100.25",
    code=250,
    enhanced="2.6.0",
    text="250 2.6.0 Message received",
)
ON_LIST = "Amazon SES did not send the message to this address because it is on the suppression list for your account."
KNOWN = "Bounce, Complaint, Delivery, DeliveryDelay, Reject, Rendering Failure, Open, Click"
EXPECTED = [
    HARD,
    HARD._replace(
        recipient="bob@a.example", code=552, enhanced="5.2.2", text="smtp; 552 mailbox full", is_own_status=True
    ),
    Event(
        EventKind.SUPPRESSED,
        "cyd@a.example",
        AT + 3,
        "<letter2@sender.example>",
        SENDER,
        "letters",
        local_address="amazonses.example",
        enhanced="5.1.1",
        text=ON_LIST,
        label="Permanent/OnAccountSuppressionList",
    ),
    Event(EventKind.REFUSED, "dan@a.example", AT + 4, "<mail3>", SENDER, label="Transient/MailboxFull"),
    Event(EventKind.COMPLAINT, "eve@b.example", AT + 5, "<mail4>", SENDER, label="abuse"),
    Event(EventKind.SUPPRESSED, "fay@b.example", AT + 6, "<mail5>", label="OnAccountSuppressionList"),
    Event(EventKind.FEEDBACK, "fay@b.example", AT + 6, "<mail5>", label="not-spam"),
    DELIVERED,
    DELIVERED._replace(recipient="hal@b.example"),
    Event(
        EventKind.DEFERRED,
        "ida@b.example",
        AT + 8,
        "<mail7>",
        SENDER,
        code=421,
        enhanced="4.4.1",
        text="smtp; 421 4.4.1 Unable to connect to remote host",
        label="TransientCommunicationFailure",
    ),
    Event(EventKind.REFUSED, "jim@b.example", AT + 9, "<mail8>", SENDER, text="Bad content", label="Reject"),
    Event(
        EventKind.REFUSED,
        "kim@b.example",
        AT + 10,
        "<mail9>",
        text="Attribute 'name' is not present in the rendering data.",
        label="Rendering Failure",
    ),
    Event(EventKind.OPENED, "lea@b.example", AT + 11, "<mail10>"),
    Event(EventKind.CLICKED, "lea@b.example", AT + 12, "<mail11>"),
]


def test_every_event_of_the_sample_is_read() -> None:
    assert list(ses.read(lines_of(sample("ses.json")))) == EXPECTED


def bounce(**changed: Any) -> dict[str, Any]:
    """Return a bounce of one recipient."""
    report = {"bouncedRecipients": [{"emailAddress": "ann@a.example"}], **changed}
    return {"eventType": "Bounce", "bounce": report}


@pytest.mark.parametrize("sub_type", ["Suppressed", "OnAccountSuppressionList", "UnsubscribedRecipient"])
def test_a_bounce_for_an_address_on_a_list_was_never_sent(sub_type: str) -> None:
    (event,) = events_of(ses.read, bounce(bounceSubType=sub_type))
    assert event == Event(EventKind.SUPPRESSED, "ann@a.example", label=sub_type)


def test_an_sns_message_that_is_an_object_already_is_read_as_well() -> None:
    assert events_of(ses.read, {"Type": "Notification", "Message": bounce()}) == [
        Event(EventKind.REFUSED, "ann@a.example")
    ]


def test_an_sns_message_may_be_longer_than_any_text() -> None:
    message = json.dumps({**bounce(), "mail": {"headers": [{"name": "X", "value": "x" * 900}] * 100}})
    assert events_of(ses.read, {"Type": "Notification", "Message": message}) == [
        Event(EventKind.REFUSED, "ann@a.example")
    ]


UNREAD = "the text has more than 50 brackets that start no JSON; the rest was not read"


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no event of Amazon SES"),
        ({"eventType": "Party"}, "'Party' is not an event of Amazon SES; its events are: KNOWN"),
        ({"eventType": ["Bounce"]}, "no event of Amazon SES"),
        ({"eventType": "Bounce"}, "refused without a recipient"),
        ({"eventType": "Complaint", "complaint": []}, "complaint without a recipient"),
        ({"eventType": "Delivery", "delivery": {"recipients": "  "}}, "delivered without a recipient"),
        ({"eventType": "Open", "mail": {"destination": [1.5]}}, "opened without a recipient"),
        ({"eventType": "Reject", "mail": None}, "refused without a recipient"),
        (bounce(bouncedRecipients=[None]), "refused without a recipient"),
        (bounce(bouncedRecipients=[{"emailAddress": None}]), "refused without a recipient"),
        ({"Type": "Notification"}, "no event of Amazon SES"),
        ({"Type": "Notification", "Message": "hello"}, "no event of Amazon SES"),
        ({"Type": "Notification", "Message": "[" * 100_000}, UNREAD),
        ({"Type": "Notification", "Message": "[]"}, "no event of Amazon SES"),
    ],
)
def test_a_document_that_is_no_event_is_told(document: dict[str, Any], reason: str) -> None:
    assert events_of(ses.read, document) == [BadLine(1, reason.replace("KNOWN", KNOWN))]


def test_one_bad_recipient_does_not_hide_the_others() -> None:
    report = bounce(bouncedRecipients=[{"emailAddress": "ann@a.example"}, {}, {"emailAddress": "bob@a.example"}])
    assert events_of(ses.read, report) == [
        Event(EventKind.REFUSED, "ann@a.example"),
        BadLine(1, "refused without a recipient"),
        Event(EventKind.REFUSED, "bob@a.example"),
    ]


def test_fields_of_the_wrong_type_are_left_empty() -> None:
    report = bounce(bounceType=1.5, bounceSubType=None, timestamp={}, remoteMtaIp=[], reportingMTA=None)
    report["mail"] = {"messageId": {}, "source": [], "tags": [], "headers": "x", "commonHeaders": 1}
    assert events_of(ses.read, report) == [Event(EventKind.REFUSED, "ann@a.example")]


def test_a_text_is_cut_and_holds_no_lone_surrogates() -> None:
    diagnosis = "550 \ud800" + "x" * 10_000
    (event,) = events_of(ses.read, bounce(bouncedRecipients=[{"emailAddress": "a@b", "diagnosticCode": diagnosis}]))
    assert isinstance(event, Event)
    assert event.text == "550 ?" + "x" * 3995
