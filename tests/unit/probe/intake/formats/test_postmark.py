"""Events of Postmark are read as its documentation describes them.

The sample follows https://postmarkapp.com/developer/webhooks/bounce-webhook and the pages beside it.
"""

from __future__ import annotations

from typing import Any

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import postmark

AT = 1501893660.0


def message_id(number: int) -> str:
    """Return the header that Postmark writes into a message of the sample."""
    return f"<00000000-0000-0000-0000-{number:012}@mtasv.net>"


KNOWN = "Delivery, Bounce, SpamComplaint, Open, Click, SubscriptionChange"
EXPECTED = [
    Event(
        EventKind.DELIVERED,
        "ann@a.example",
        AT + 1.25,
        message_id(1),
        campaign="letters",
        code=250,
        enhanced="2.0.0",
        text="smtp;250 2.0.0 OK",
    ),
    Event(
        EventKind.REFUSED,
        "bob@a.example",
        AT + 2,
        message_id(2),
        campaign="letters",
        code=550,
        enhanced="5.1.1",
        text="smtp;550 5.1.1 no such user",
        label="HardBounce",
    ),
    Event(
        EventKind.DEFERRED,
        "cyd@a.example",
        AT + 3,
        message_id(3),
        code=451,
        enhanced="4.7.1",
        text="smtp;451 4.7.1 greylisted",
        label="Transient",
    ),
    Event(
        EventKind.REFUSED,
        "dan@a.example",
        AT + 4,
        message_id(4),
        text="Unable to temporarily deliver message.",
        label="SoftBounce",
    ),
    Event(EventKind.AUTO_REPLY, "eve@b.example", AT + 5, message_id(5), text="I am away.", label="AutoResponder"),
    Event(EventKind.COMPLAINT, "fay@b.example", AT + 7, message_id(7), label="SpamComplaint"),
    Event(EventKind.OPENED, "gus@b.example", AT + 8, message_id(8), campaign="letters"),
    Event(EventKind.CLICKED, "gus@b.example", AT + 9, message_id(8)),
    Event(EventKind.SUPPRESSED, "hal@b.example", AT + 10, message_id(10), campaign="letters", label="HardBounce"),
]


def test_every_event_of_the_sample_is_read() -> None:
    assert list(postmark.read(lines_of(sample("postmark.json")))) == EXPECTED


@pytest.mark.parametrize(
    ("bounce", "kind"),
    [
        ("HardBounce", EventKind.REFUSED),
        ("SoftBounce", EventKind.REFUSED),
        ("DnsError", EventKind.REFUSED),
        ("SpamNotification", EventKind.REFUSED),
        ("Blocked", EventKind.REFUSED),
        ("DMARCPolicy", EventKind.REFUSED),
        ("Unknown", EventKind.REFUSED),
        ("of a later year", EventKind.REFUSED),
        ("Transient", EventKind.DEFERRED),
        ("AutoResponder", EventKind.AUTO_REPLY),
        ("AddressChange", EventKind.AUTO_REPLY),
        ("ChallengeVerification", EventKind.AUTO_REPLY),
        ("SpamComplaint", EventKind.COMPLAINT),
        ("ManuallyDeactivated", EventKind.SUPPRESSED),
    ],
)
def test_a_bounce_is_what_its_type_says(bounce: str, kind: EventKind) -> None:
    record = {"RecordType": "Bounce", "Type": bounce, "Email": "ann@a.example"}
    assert events_of(postmark.read, record) == [Event(kind, "ann@a.example", label=bounce)]


@pytest.mark.parametrize("bounce", ["Subscribe", "Unsubscribe", "OpenRelayTest", "InboundError"])
def test_mail_that_came_back_for_another_reason_is_no_event(bounce: str) -> None:
    assert events_of(postmark.read, {"RecordType": "Bounce", "Type": bounce, "Email": "ann@a.example"}) == []


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no event of Postmark"),
        ({"RecordType": "Inbound"}, "'Inbound' is not an event of Postmark; its events are: KNOWN"),
        ({"RecordType": ["Open"]}, "no event of Postmark"),
        ({"RecordType": "Open"}, "opened without a recipient"),
        ({"RecordType": "Bounce", "Type": None, "Email": {}}, "refused without a recipient"),
    ],
)
def test_a_document_that_is_no_event_is_told(document: dict[str, Any], reason: str) -> None:
    assert events_of(postmark.read, document) == [BadLine(1, reason.replace("KNOWN", KNOWN))]


def test_fields_of_the_wrong_type_are_left_empty() -> None:
    record = {"RecordType": "Bounce", "Email": "ann@a.example", "Type": [], "Details": 5, "Description": {},
              "Tag": None, "BouncedAt": [], "MessageID": {}, "SuppressionReason": 1.5}  # fmt: skip
    assert events_of(postmark.read, record) == [Event(EventKind.REFUSED, "ann@a.example")]


def test_the_list_of_bounces_is_read() -> None:
    row = {"ID": 1, "Type": "HardBounce", "MessageID": "m", "Tag": "news", "Details": "550 5.1.1 no",
           "Email": "ann@a.example", "BouncedAt": "2017-08-05T00:41:00Z"}  # fmt: skip
    listed = {"TotalCount": 2, "Bounces": [row, {**row, "Type": "Transient"}, {**row, "Type": "Subscribe"}]}
    hard, soft = events_of(postmark.read, listed)
    assert hard == Event(
        EventKind.REFUSED, "ann@a.example", 1501893660.0, "<m@mtasv.net>", campaign="news", code=550, enhanced="5.1.1",
        text="550 5.1.1 no", label="HardBounce",
    )  # fmt: skip
    assert isinstance(soft, Event)
    assert soft.kind is EventKind.DEFERRED
    table = "ID,Type,Email,Bounced At,Details\n1,HardBounce,ann@a.example,2017-08-05 00:41,550 5.1.1 no"
    assert list(postmark.read(lines_of(table))) == [hard._replace(message_id="", campaign="")]


def test_the_list_of_suppressions_is_read() -> None:
    row = {"EmailAddress": "ann@a.example", "SuppressionReason": "HardBounce", "CreatedAt": "2017-08-05T00:41:00Z"}
    assert events_of(postmark.read, {"Suppressions": [row, {**row, "SuppressionReason": "SpamComplaint"}]}) == [
        Event(EventKind.SUPPRESSED, "ann@a.example", 1501893660.0, label="HardBounce"),
        Event(EventKind.COMPLAINT, "ann@a.example", 1501893660.0, label="SpamComplaint"),
    ]
