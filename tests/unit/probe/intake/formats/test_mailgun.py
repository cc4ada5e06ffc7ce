"""Events of Mailgun are read as its documentation describes them.

The sample follows https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads and
https://documentation.mailgun.com/docs/mailgun/user-manual/events/events.
"""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import parse_qsl

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import mailgun

SENDER = "bounces@sender.example"
AT = 1501893660.0

KNOWN = "delivered, failed, rejected, complained, opened, clicked, bounced, dropped"
EXPECTED = [
    Event(
        EventKind.DELIVERED,
        "ann@a.example",
        AT + 1.25,
        "<letter1@sender.example>",
        SENDER,
        "letters",
        "192.0.2.1",
        "mx.a.example",
        code=250,
        text="OK",
    ),
    Event(
        EventKind.REFUSED,
        "bob@a.example",
        AT + 2.5,
        "<letter2@sender.example>",
        SENDER,
        local_address="192.0.2.1",
        mx="mx.a.example",
        code=550,
        enhanced="5.1.1",
        text="550 5.1.1 no such user",
        label="permanent/bounce/hard",
    ),
    Event(
        EventKind.DEFERRED,
        "cyd@a.example",
        AT + 3,
        "<letter3@sender.example>",
        mx="mx.a.example",
        code=452,
        enhanced="4.2.2",
        text="mailbox full",
        is_own_status=True,
        label="temporary/generic/soft",
    ),
    Event(
        EventKind.SUPPRESSED,
        "dan@a.example",
        AT + 4,
        "<letter4@sender.example>",
        SENDER,
        text="Not delivering to previously bounced address",
        label="permanent/suppress-bounce",
    ),
    Event(
        EventKind.BOUNCED_LATER,
        "eve@b.example",
        AT + 5,
        code=550,
        enhanced="5.0.0",
        text="smtp; the mailbox does not exist",
        is_own_status=True,
        label="permanent/generic",
    ),
    Event(EventKind.REFUSED, "fay@b.example", AT + 6, text="Too old", label="permanent/old"),
    Event(
        EventKind.REFUSED,
        "gus@b.example",
        AT + 7,
        "<letter7@sender.example>",
        text="Sandbox subdomains are for test purposes only.",
        label="rejected",
    ),
    Event(EventKind.COMPLAINT, "hal@b.example", AT + 8, "<letter8@sender.example>"),
    Event(EventKind.OPENED, "hal@b.example", AT + 9, "<letter8@sender.example>"),
    Event(EventKind.CLICKED, "hal@b.example", AT + 10, "<letter8@sender.example>"),
]


def test_every_event_of_the_sample_is_read() -> None:
    assert list(mailgun.read(lines_of(sample("mailgun.json")))) == EXPECTED


def test_an_event_without_an_envelope_of_its_own_is_read_as_well() -> None:
    assert events_of(mailgun.read, {"event": "opened", "recipient": "ann@a.example"}) == [
        Event(EventKind.OPENED, "ann@a.example")
    ]


@pytest.mark.parametrize("code", [605, 606, 607])
def test_mailguns_own_codes_say_that_nothing_was_sent(code: int) -> None:
    failed = {"event": "failed", "recipient": "ann@a.example", "delivery-status": {"code": code}}
    assert events_of(mailgun.read, failed) == [Event(EventKind.SUPPRESSED, "ann@a.example")]


@pytest.mark.parametrize(
    "item",
    [
        {"recipient": "ann@a.example", "envelope": {"targets": "bob@a.example"}},
        {"envelope": {"targets": "ann@a.example"}},
        {"message": {"recipients": ["ann@a.example"], "headers": {"to": "list@a.example"}}},
        {"message": {"headers": {"to": "ann@a.example"}}},
    ],
)
def test_the_recipient_is_found_wherever_it_is_named(item: dict[str, Any]) -> None:
    assert events_of(mailgun.read, {"event": "rejected", **item}) == [
        Event(EventKind.REFUSED, "ann@a.example", label="rejected")
    ]


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no event of Mailgun"),
        ({"event-data": None}, "no event of Mailgun"),
        ({"event-data": {"event": "party"}}, "'party' is not an event of Mailgun; its events are: KNOWN"),
        ({"items": [7]}, "no event of Mailgun"),
        ({"event-data": {}}, "no event of Mailgun"),
        ({"event": "opened"}, "opened without a recipient"),
        ({"event": "failed", "recipient": {}, "flags": 1, "delivery-status": "x"}, "refused without a recipient"),
    ],
)
def test_a_document_that_is_no_event_is_told(document: dict[str, Any], reason: str) -> None:
    assert events_of(mailgun.read, document) == [BadLine(1, reason.replace("KNOWN", KNOWN))]


def test_a_bad_item_does_not_hide_the_others() -> None:
    good = {"event": "opened", "recipient": "ann@a.example"}
    assert events_of(mailgun.read, {"items": [good, {"event": "party"}, good]}) == [
        Event(EventKind.OPENED, "ann@a.example"),
        BadLine(1, f"'party' is not an event of Mailgun; its events are: {KNOWN}"),
        Event(EventKind.OPENED, "ann@a.example"),
    ]


def test_fields_of_the_wrong_type_are_left_empty() -> None:
    document = {"event": "failed", "recipient": "ann@a.example", "severity": [], "reason": {}, "timestamp": {},
                "tags": 1.5, "envelope": [], "message": {"headers": []}, "delivery-status": {"code": [], "mx-host": 1.5,
                "message": 7, "enhanced-code": {}}}  # fmt: skip
    assert events_of(mailgun.read, document) == [Event(EventKind.REFUSED, "ann@a.example")]


@pytest.mark.parametrize(
    "text",
    [
        'address,code,error,created_at\nann@a.example,550,No such user,"Sat, 05 Aug 2017 00:41:00 UTC"',
        '{"items": [{"address": "ann@a.example", "code": "550", "error": "No such user", "created_at": 1501893660}]}',
    ],
)
def test_the_list_of_bounces_is_read(text: str) -> None:
    (event,) = mailgun.read(lines_of(text))
    assert event == Event(EventKind.REFUSED, "ann@a.example", 1501893660.0, code=550, text="No such user")


FORM = "recipient=ann%40a.example&timestamp=1501893660&Message-Id=%3C1%40sender.example%3E"
OLDER = Event(EventKind.REFUSED, "ann@a.example", 1501893660.0, "<1@sender.example>")
SAID = "code=550&error=550+5.1.1+unknown+user"
LISTED = "Not delivering to previously bounced address"


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (f"event=bounced&{SAID}", OLDER._replace(code=550, enhanced="5.1.1", text="550 5.1.1 unknown user")),
        ("event=dropped&reason=old&description=Too+old", OLDER._replace(text="Too old", label="old")),
        ("event=dropped&reason=hardfail&code=550", OLDER._replace(code=550, label="hardfail")),
        (
            f"event=dropped&reason=hardfail&code=605&description={LISTED.replace(' ', '+')}",
            OLDER._replace(kind=EventKind.SUPPRESSED, text=LISTED, label="hardfail"),
        ),
        (
            "event=dropped&reason=suppress-bounce",
            OLDER._replace(kind=EventKind.SUPPRESSED, label="suppress-bounce"),
        ),
        ("event=delivered", OLDER._replace(kind=EventKind.DELIVERED)),
        ("event=complained", OLDER._replace(kind=EventKind.COMPLAINT)),
        ("event=unsubscribed", None),
    ],
)
def test_the_older_webhooks_are_read(form: str, expected: Event | None) -> None:
    wanted = [] if expected is None else [expected]
    text = f"{form}&{FORM}"
    assert list(mailgun.read(lines_of(text))) == wanted
    assert events_of(mailgun.read, dict(parse_qsl(text))) == wanted
    assert events_of(mailgun.read, {"body": text, "isBase64Encoded": False}) == wanted
    encoded = base64.b64encode(text.encode()).decode()
    assert events_of(mailgun.read, {"body": encoded, "isBase64Encoded": True}) == wanted
