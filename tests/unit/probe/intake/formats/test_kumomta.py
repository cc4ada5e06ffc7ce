"""The log of KumoMTA (https://docs.kumomta.com/reference/log_record/).

The sample was written by hand after that page and https://docs.kumomta.com/reference/queues/ (names of queues).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.formats.kumomta import read
from probe.intake.reading.quoted import MAX_TEXT

SAMPLE = Path(__file__).parents[4] / "intake/documented/kumomta.jsonl"


def read_text(*texts: str) -> list[Event | BadLine]:
    """Read lines."""
    return list(read(LogLine(number, text) for number, text in enumerate(texts, 1)))


def event(**record: Any) -> Event:
    """Return the event of a record, a bounce of Ann's if nothing else is said."""
    (found,) = read_text(json.dumps({"type": "Bounce", "recipient": "ann@acme.example"} | record))
    assert isinstance(found, Event)
    return found


def test_the_sample_is_read() -> None:
    bob = Event(
        EventKind.REFUSED,
        "bob@acme.example",
        1772438402.0,
        return_path="news@bounce.example",
        campaign="summer",
        local_address="2001:db8::9",
        mx="mx.acme.example",
        stage="rcpt",
        code=550,
        enhanced="5.1.1",
        text="No such person here.\nSee https://acme.example/550",
        label="InvalidRecipient",
    )
    gina = Event(
        EventKind.COMPLAINT,
        "gina@elm.example",
        1772524804.0,
        message_id="<2@news.example>",
        return_path="news@bounce.example",
        label="abuse",
    )
    assert read_text(*SAMPLE.read_text().splitlines()) == [
        Event(
            EventKind.DELIVERED,
            "ann@acme.example",
            1772438401.0,
            message_id="<1@news.example>",
            return_path="news@bounce.example",
            campaign="spring",
            local_address="203.0.113.9",
            mx="mx.acme.example",
            stage="end-of-data",
            code=250,
            enhanced="2.0.0",
            text="Ok: queued as 77AA",
            label="Uncategorized",
        ),
        bob,
        bob._replace(recipient="carl@acme.example"),
        Event(
            EventKind.DEFERRED,
            "cleo@berg.example",
            1772438403.0,
            enhanced="4.4.2",
            text="KumoMTA internal: failed to connect to any candidate hosts: timed out",
            label="BadConnection",
        ),
        Event(
            EventKind.DEFERRED,
            "cleo@berg.example",
            1772438404.0,
            mx="mx.berg.example",
            stage="mail",
            code=450,
            text="Greylisted",
            label="Uncategorized",
        ),
        Event(
            EventKind.REFUSED,
            "cleo@berg.example",
            1772524800.0,
            return_path="news@bounce.example",
            enhanced="5.4.7",
            text="Next delivery time is past the expiry",
            label="Uncategorized",
        ),
        Event(
            EventKind.REFUSED,
            "dora@coal.example",
            1772524801.0,
            return_path="news@bounce.example",
            campaign="spring",
            enhanced="5.7.1",
            text="Administrator bounced with reason: cleaning",
            label="Uncategorized",
        ),
        Event(
            EventKind.BOUNCED_LATER,
            "eric@dune.example",
            1772524802.0,
            mx="edge.dune.example",
            stage="report",
            code=550,
            enhanced="5.1.10",
            text="RESOLVER.ADR.RecipientNotFound",
            label="InvalidRecipient",
        ),
        Event(
            EventKind.BOUNCED_LATER,
            "fred@dune.example",
            1772524803.0,
            mx="edge.dune.example",
            stage="report",
            enhanced="5.0.0",
            label="Uncategorized",
        ),
        gina,
        gina._replace(recipient="hugo@elm.example"),
        Event(EventKind.COMPLAINT, "ida@elm.example", 1772524805.0, campaign="spring", label="abuse"),
        BadLine(14, "no recipient"),
        BadLine(15, "a JSON text that does not end on its line"),
    ]


@pytest.mark.parametrize(
    ("command", "stage"),
    [
        ("EHLO out.example\r\n", "ehlo"),
        ("LHLO out.example\r\n", "ehlo"),
        ("MAIL FROM:<news@bounce.example>\r\n", "mail"),
        ("RCPT TO", "rcpt"),
        ("DATA\r\n", "data"),
        (".", "end-of-data"),
        ("STARTTLS\r\n", None),
        ("\r\n", None),
        (None, None),
        (7, None),
    ],
)
def test_the_stage_is_that_of_the_command(command: Any, stage: str | None) -> None:
    assert event(response={"code": 550, "content": "No", "command": command}).stage == stage


@pytest.mark.parametrize(
    ("queue", "campaign"),
    [
        ("spring:shop@acme.example", "spring"),
        ("spring:@acme.example", "spring"),
        ("shop@acme.example", ""),
        ("acme.example", ""),
        ("[2001:db8::1]", ""),
        ("spring:shop@acme.example!relay.example", "spring"),
    ],
)
def test_a_campaign_is_part_of_its_queues_name(queue: str, campaign: str) -> None:
    assert event(queue=queue).campaign == campaign


def test_what_is_missing_is_unknown() -> None:
    assert event() == Event(EventKind.REFUSED, "ann@acme.example")


@pytest.mark.parametrize("code", [True, 1.5, "550", 99, 600, -1, 10**400, None])
def test_a_code_that_is_none_is_no_code(code: Any) -> None:
    assert event(response={"code": code, "content": "No"}).code is None


@pytest.mark.parametrize("status", [None, [], {"class": 5}, {"class": "5", "subject": 1, "detail": 1}, "5.1.1"])
def test_an_enhanced_status_that_is_none_is_unknown(status: Any) -> None:
    assert event(response={"code": 550, "enhanced_code": status, "content": "No"}).enhanced is None


def test_a_lone_surrogate_is_written_out() -> None:
    assert event(response={"code": 550, "content": "\ud800"}).text == "\\ud800"


def test_a_long_text_is_cut() -> None:
    assert len(event(response={"code": 550, "content": "x" * 9_000}).text) <= MAX_TEXT


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"type": "Delivery"', "a JSON object that is cut off"),
        ('{"type": ' + "[" * 60_000, "a JSON object more than 100 deep"),
        ("hello", "not a JSON object"),
        ('{"type": "Delivery"}', "no recipient"),
        ('{"type": "Delivery", "recipient": []}', "no recipient"),
        ('{"type": "Delivery", "recipient": ["ann@acme.example", 7]}', "no recipient"),
        ('{"type": "Delivery", "recipient": "' + "a" * 1_001 + '"}', "no recipient"),
        ('{"type": "Delivery", "recipient": "a@b.example", "timestamp": NaN}', "'nan' is not a time"),
        ('{"type": "Delivery", "recipient": "a@b.example", "timestamp": [1]}', "a timestamp that is not a time"),
        ('{"type": "Arrival"}', "record type 'Arrival' is unknown"),
    ],
)
def test_a_bad_line_is_told(line: str, reason: str) -> None:
    assert read_text("", line) == [BadLine(2, reason)]


@pytest.mark.parametrize(
    "line", ["", "[]", "{}", '{"type": ["Delivery"]}', '{"level": "info"}', "Mar  2 08:00:01 out kumod[1]: hello"]
)
def test_lines_of_other_programs_are_passed_over(line: str) -> None:
    assert read_text(line) == []


def test_records_may_be_an_array_or_spread_over_lines() -> None:
    record: dict[str, Any] = {
        "type": "Bounce",
        "recipient": "ann@acme.example",
        "response": {"code": 550, "content": "No"},
    }
    (expected,) = read_text(json.dumps(record))
    assert isinstance(expected, Event)
    assert read_text(json.dumps([record, record])) == [expected, expected]
    assert read_text(*json.dumps(record, indent=2).splitlines()) == [expected]
    assert read_text(*(f"kumod-1  | {line}" for line in json.dumps([record], indent=2).splitlines())) == [expected]


@pytest.mark.parametrize(("feedback", "kind"), [("fraud", "complaint"), ("not-spam", "feedback"), ("", "complaint")])
def test_feedback_is_a_complaint_by_its_type(feedback: str, kind: str) -> None:
    report = {"feedback_type": feedback, "original_rcpt_to": ["ann@acme.example"]}
    (event,) = read_text(json.dumps({"type": "Feedback", "feedback_report": report}))
    assert isinstance(event, Event)
    assert (event.kind, event.label) == (kind, feedback)


@pytest.mark.parametrize("key", ["original_rcpto_to", "original_rcpt_to"])
def test_a_complaint_is_about_the_original_recipient(key: str) -> None:
    report = {"feedback_type": "abuse", "original_mail_from": "<news@b.example>", key: ["<ann@acme.example>"]}
    record = {"type": "Feedback", "recipient": "fbl@b.example", "feedback_report": report}
    assert read_text(json.dumps(record)) == [
        Event(EventKind.COMPLAINT, "ann@acme.example", return_path="news@b.example", label="abuse")
    ]
