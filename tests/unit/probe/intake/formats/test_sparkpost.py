"""Events of SparkPost are read as its documentation describes them.

The sample follows https://developers.sparkpost.com/api/webhooks/ and https://developers.sparkpost.com/api/events/.
"""

from __future__ import annotations

from typing import Any

import pytest
from sample_lines import events_of, lines_of, sample

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.formats import sparkpost

SENDER = "bounces@sender.example"
AT = 1501893660.0

KNOWN = (
    "delivery, bounce, delay, out_of_band, policy_rejection, generation_failure, "
    "generation_rejection, spam_complaint, open, initial_open, amp_open, amp_initial_open, click, amp_click"
)
EXPECTED = [
    Event(EventKind.DELIVERED, "Ann@a.example", AT + 1, "<id1>", SENDER, "letters", "192.0.2.1", "198.51.100.25"),
    Event(
        EventKind.REFUSED,
        "bob@a.example",
        AT + 2,
        "<id2>",
        SENDER,
        "letters",
        "192.0.2.1",
        "198.51.100.25",
        code=550,
        enhanced="5.1.1",
        text="550 5.1.1 <bob@a.example> no such user",
        label="10",
    ),
    Event(
        EventKind.DEFERRED,
        "cyd@a.example",
        AT + 3,
        "<id3>",
        code=454,
        enhanced="4.4.4",
        text="454 4.4.4 [internal] no MX or A for domain",
        label="21",
    ),
    Event(EventKind.BOUNCED_LATER, "dan@a.example", AT + 4, "<id4>", code=550, text="MAIL REFUSED", label="1"),
    Event(
        EventKind.REFUSED,
        "eve@b.example",
        AT + 5,
        "<id5>",
        code=550,
        enhanced="5.7.1",
        text="550 5.7.1 content not allowed",
        label="policy_rejection",
    ),
    Event(
        EventKind.SUPPRESSED,
        "fay@b.example",
        AT + 6,
        "<id6>",
        code=554,
        enhanced="5.7.1",
        text="554 5.7.1 [internal] recipient address was suppressed due to customer policy",
        label="25",
    ),
    Event(EventKind.COMPLAINT, "gus@b.example", AT + 7, "<id7>"),
    Event(
        EventKind.REFUSED,
        "hal@b.example",
        AT + 8,
        code=554,
        enhanced="5.6.0",
        text="554 5.6.0 substitution failed",
        label="generation_failure",
    ),
    Event(EventKind.OPENED, "ida@b.example", AT + 9, "<id9>"),
    Event(EventKind.OPENED, "ida@b.example", AT + 10, "<id9>"),
    Event(EventKind.CLICKED, "ida@b.example", AT + 11, "<id9>"),
    Event(EventKind.REFUSED, "jim@b.example", AT + 14.5, "<id14>", code=553, text="553 relaying denied", label="30"),
]


def test_every_event_of_the_sample_is_read() -> None:
    assert list(sparkpost.read(lines_of(sample("sparkpost.json")))) == EXPECTED


@pytest.mark.parametrize("name", ["bounce", "policy_rejection", "generation_rejection"])
def test_an_address_on_the_suppression_list_is_told_by_the_reason(name: str) -> None:
    reason = "Recipient address was suppressed due to system policy"
    (event,) = events_of(sparkpost.read, {"type": name, "rcpt_to": "ann@a.example", "reason": reason})
    assert event == Event(EventKind.SUPPRESSED, "ann@a.example", text=reason)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({}, "no event of SparkPost"),
        ({"type": "party"}, "'party' is not an event of SparkPost; its events are: KNOWN"),
        ({"msys": {"message_event": {"type": {}}}}, "no event of SparkPost"),
        ({"msys": {"message_event": []}}, "no event of SparkPost"),
        ({"results": [None]}, "no event of SparkPost"),
        ({"type": "delivery", "rcpt_to": []}, "delivered without a recipient"),
    ],
)
def test_a_document_that_is_no_event_is_told(document: dict[str, Any], reason: str) -> None:
    assert events_of(sparkpost.read, document) == [BadLine(1, reason.replace("KNOWN", KNOWN))]


@pytest.mark.parametrize("document", [{"msys": {}}, {"msys": None}, {"msys": []}, {"results": []}])
def test_a_batch_without_events_tests_an_endpoint_and_is_passed_over(document: dict[str, Any]) -> None:
    assert events_of(sparkpost.read, document) == []


def test_fields_of_the_wrong_type_are_left_empty() -> None:
    document = {"type": "bounce", "rcpt_to": "ann@a.example", "raw_rcpt_to": 1.5, "bounce_class": {}, "error_code": [],
                "raw_reason": 1, "reason": None, "timestamp": {}, "msg_from": [], "campaign_id": None,
                "sending_ip": {}, "ip_address": True, "message_id": []}  # fmt: skip
    assert events_of(sparkpost.read, document) == [Event(EventKind.REFUSED, "ann@a.example")]


@pytest.mark.parametrize(("fbtype", "kind"), [("abuse", EventKind.COMPLAINT), ("not-spam", EventKind.FEEDBACK)])
def test_feedback_that_is_no_complaint_is_kept_apart(fbtype: str, kind: EventKind) -> None:
    document = {"type": "spam_complaint", "rcpt_to": "ann@a.example", "fbtype": fbtype}
    assert events_of(sparkpost.read, document) == [Event(kind, "ann@a.example")]


@pytest.mark.parametrize("number", ["60", "100"])
def test_answers_are_no_bounces(number: str) -> None:
    document = {"type": "out_of_band", "rcpt_to": "ann@a.example", "bounce_class": number}
    assert events_of(sparkpost.read, document) == [Event(EventKind.AUTO_REPLY, "ann@a.example", label=number)]
