"""Events of SendGrid are read as its documentation describes them.

The sample follows https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event.
"""

from __future__ import annotations

from typing import Any

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import sendgrid

AT = 1501893660.0

KNOWN = "delivered, deferred, bounce, dropped, spamreport, open, click"
EXPECTED = [
    Event(
        EventKind.DEFERRED,
        "ann@a.example",
        AT + 2,
        "<letter1@sender.example>",
        campaign="letters",
        local_address="192.0.2.1",
        code=450,
        enhanced="4.2.1",
        text="450 4.2.1 try again later",
    ),
    Event(
        EventKind.DELIVERED,
        "ann@a.example",
        AT + 3,
        "<letter1@sender.example>",
        campaign="letters",
        local_address="192.0.2.1",
        code=250,
        enhanced="2.0.0",
        text="250 2.0.0 OK",
    ),
    Event(
        EventKind.REFUSED,
        "bob@a.example",
        AT + 4,
        "<letter2@sender.example>",
        local_address="192.0.2.1",
        code=550,
        enhanced="5.1.1",
        text="550 5.1.1 no such user",
        label="bounce/Invalid Address",
    ),
    Event(
        EventKind.REFUSED,
        "cyd@a.example",
        AT + 5,
        "<letter3@sender.example>",
        local_address="192.0.2.1",
        code=554,
        enhanced="5.7.1",
        text="554 192.0.2.1 is on a list",
        label="blocked/Reputation",
        is_own_status=True,
    ),
    Event(
        EventKind.BOUNCED_LATER,
        "dan@a.example",
        AT + 6,
        code=552,
        enhanced="5.2.2",
        text="552 5.2.2 mailbox full",
        label="bounce/Mailbox Unavailable",
    ),
    Event(
        EventKind.SUPPRESSED,
        "eve@b.example",
        AT + 7,
        "<letter5@sender.example>",
        campaign="letters",
        enhanced="5.0.0",
        text="Bounced Address",
    ),
    Event(EventKind.OPENED, "fay@b.example", AT + 8),
    Event(EventKind.CLICKED, "fay@b.example", AT + 9),
    Event(EventKind.COMPLAINT, "fay@b.example", AT + 10),
]


def test_every_event_of_the_sample_is_read() -> None:
    assert list(sendgrid.read(lines_of(sample("sendgrid.json")))) == EXPECTED


def test_a_status_may_be_missing_where_no_server_was_found() -> None:
    reason = "unable to get mx info: no such host"
    bounce = {"event": "bounce", "email": "ann@none.example", "type": "blocked", "reason": reason, "sg_message_id": "m"}
    assert events_of(sendgrid.read, bounce) == [
        Event(EventKind.REFUSED, "ann@none.example", text=reason, label="blocked")
    ]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no event of SendGrid"),
        ({"event": "party"}, "'party' is not an event of SendGrid; its events are: KNOWN"),
        ({"event": {"event": "open"}}, "opened without a recipient"),
        ({"event": "open"}, "opened without a recipient"),
        ({"event": "delivered", "email": {}}, "delivered without a recipient"),
    ],
)
def test_a_document_that_is_no_event_is_told(document: dict[str, Any], reason: str) -> None:
    assert events_of(sendgrid.read, document) == [BadLine(1, reason.replace("KNOWN", KNOWN))]


def test_a_bad_element_does_not_hide_the_others() -> None:
    good = {"event": "open", "email": "ann@a.example"}
    assert events_of(sendgrid.read, [good, None, {"event": 7}, good]) == [
        Event(EventKind.OPENED, "ann@a.example"),
        BadLine(1, "not a JSON object"),
        BadLine(1, f"'7' is not an event of SendGrid; its events are: {KNOWN}"),
        Event(EventKind.OPENED, "ann@a.example"),
    ]


def test_fields_of_the_wrong_type_are_left_empty() -> None:
    document = {"event": "deferred", "email": "ann@a.example", "timestamp": "now", "smtp-id": {}, "ip": [], "status": 5,
                "response": {}, "reason": None, "category": {"a": 1}, "type": None}  # fmt: skip
    assert events_of(sendgrid.read, document) == [Event(EventKind.DEFERRED, "ann@a.example")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "status,reason,email,created\n5.1.1,550 5.1.1 no,ann@a.example,1501893660",
            Event(EventKind.REFUSED, "ann@a.example", AT, code=550, enhanced="5.1.1", text="550 5.1.1 no"),
        ),
        (
            '[{"created": 1501893660, "email": "ann@a.example", "reason": "no MX", "status": "5.0.0"}]',
            Event(EventKind.REFUSED, "ann@a.example", AT, enhanced="5.0.0", text="no MX", is_own_status=True),
        ),
        (
            "email,reason,created\nann@a,Mail domain mentioned in email address is unknown,1501893660",
            Event(EventKind.REFUSED, "ann@a", AT, text="Mail domain mentioned in email address is unknown"),
        ),
        (
            "created,email,ip\n1501893660,ann@a.example,192.0.2.1",
            Event(EventKind.COMPLAINT, "ann@a.example", AT),
        ),
        (
            "processed,event,email,reason,outbound_ip,mx\n"  # noqa: ISC004 - one line and the next
            "2017-08-05T00:41Z,bounce,ann@a.example,550 5.1.1 no,192.0.2.1,mx.a.example",
            Event(
                EventKind.REFUSED, "ann@a.example", AT, local_address="192.0.2.1", mx="mx.a.example", code=550,
                enhanced="5.1.1", text="550 5.1.1 no",
            ),
        ),
    ],
)  # fmt: skip
def test_lists_and_the_activity_feed_are_read(text: str, expected: Event) -> None:
    (event,) = sendgrid.read(lines_of(text))
    assert event == expected._replace(is_own_status=event.is_own_status if isinstance(event, Event) else False)


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("Invalid SMTPAPI header", EventKind.REFUSED), ("Bounced Address", EventKind.SUPPRESSED)],
)
def test_mail_that_was_dropped_for_itself_is_refused(reason: str, kind: EventKind) -> None:
    text = f'{{"event": "dropped", "email": "ann@a.example", "reason": "{reason}"}}'
    assert list(sendgrid.read(lines_of(text))) == [Event(kind, "ann@a.example", text=reason)]
    feed = f"processed,event,email,reason\n2026-03-02 08:00,dropped,ann@a.example,{reason}"
    assert [event.kind for event in sendgrid.read(lines_of(feed)) if isinstance(event, Event)] == [kind]
