"""Events of providers are found in any envelope, and lists as JSON or as tables."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from time import process_time
from typing import Any
from urllib.parse import quote_plus

import pytest
from sample_lines import events_of, lines_of

from probe.intake.event import BadLine, Event, EventKind
from probe.intake.hints import Hints
from probe.intake.reading.json_fields import Json
from probe.intake.reading.shapes import Shape
from probe.intake.reading.webhooks import NoEventError, Provider


def refined(document: Json, event: Event) -> Iterator[Event]:
    """Refuse to read some."""
    if "broken" in document:
        raise NoEventError("broken")
    yield event


PIGEON = Provider(
    "Pigeon",
    (
        Shape(
            name="event",
            kinds={"bounce": EventKind.REFUSED, "open": EventKind.OPENED, "test": None},
            recipient="email",
            refine=refined,
        ),
        Shape(has="email created reason", kind=EventKind.REFUSED, recipient="email", at="created", text="reason"),
    ),
    envelopes=frozenset({"items"}),
)
BOUNCE = {"event": "bounce", "email": "ann@a.example"}
EVENT = Event(EventKind.REFUSED, "ann@a.example")
UNKNOWN = BadLine(1, "'party' is not an event of Pigeon; its events are: bounce, open")
TEXT = json.dumps(BOUNCE)


def packed(value: Any) -> str:
    """Return JSON as CloudWatch passes it on: gzip in base64."""
    return base64.b64encode(gzip.compress(json.dumps(value).encode())).decode()


@pytest.mark.parametrize(
    "document",
    [
        BOUNCE,
        [BOUNCE],
        [[[BOUNCE]]],
        {"Message": BOUNCE},
        {"Type": "Notification", "Message": TEXT},
        {"Messages": [{"MessageId": "1", "Body": json.dumps({"Type": "Notification", "Message": TEXT})}]},
        {"Records": [{"EventSource": "aws:sns", "Sns": {"Message": TEXT}}]},
        {"Records": [{"eventSource": "aws:sqs", "body": json.dumps({"Message": json.dumps({"detail": BOUNCE})})}]},
        {"version": "0", "detail-type": "Email Bounced", "detail": BOUNCE},
        {"Records": [{"kinesis": {"data": base64.b64encode(TEXT.encode()).decode()}}]},
        {"records": [{"data": base64.b64encode((TEXT + "\n").encode()).decode()}]},
        {"awslogs": {"data": packed({"logEvents": [{"id": "1", "message": TEXT}]})}},
        {"results": [[{"field": "@timestamp", "value": "x"}, {"field": "@message", "value": TEXT}]]},
        {"httpMethod": "POST", "body": TEXT, "isBase64Encoded": False},
        {"httpMethod": "POST", "body": base64.b64encode(TEXT.encode()).decode(), "isBase64Encoded": True},
        {"log": f"POST /hooks {TEXT}\n", "stream": "stdout", "time": "2026-03-03T09:00:03Z"},
        {"level": "info", "event": "request", "request": {"body": {"events": [BOUNCE]}}},
        {"MESSAGE": f"got {json.dumps(TEXT)}", "PRIORITY": "6"},
    ],
)
def test_an_event_is_found_in_any_envelope(document: Any) -> None:
    assert events_of(PIGEON.read, document) == [EVENT]
    assert next(iter(PIGEON.read(lines_of(json.dumps(document, indent=2))))) == EVENT


def test_an_event_is_found_in_lines_and_tables_of_logs() -> None:
    log = f"2026-03-03 09:00:03,123 INFO POST /hooks 200 {TEXT}\n2026-03-03 09:00:04,001 INFO GET /health 200"
    assert list(PIGEON.read(lines_of(log))) == [EVENT, BadLine(2, "not a JSON object")]
    cell = TEXT.replace('"', '""')
    assert list(PIGEON.read(lines_of(f'@timestamp,@message\n2026-03-03,"{cell}"'))) == [EVENT]


@pytest.mark.parametrize("dress", ["web-1  | ", "2026-03-03T09:00:03.123456789Z stdout F ", "[pod/web/hooks] "])
def test_an_object_over_several_lines_is_found_in_a_containers_log(dress: str) -> None:
    text = f"started\n{json.dumps(BOUNCE, indent=2)}\n{json.dumps({'Message': TEXT}, indent=2)}"
    found = list(PIGEON.read(lines_of("\n".join(dress + line for line in text.split("\n")))))
    assert [each for each in found if isinstance(each, Event)] == [EVENT, EVENT]


@pytest.mark.parametrize(
    "text",
    [
        "email,created,reason\nann@a.example,1501893660,550 5.1.1 no",
        '\ufeff"Email";"Created";"Reason"\n"ann@a.example";"2017-08-05 00:41";"550 5.1.1 no"',
        "sep=,\nid,Reason,EMAIL,created\n1,550 5.1.1 no,ann@a.example,05/08/2017 00:41",
        '[{"created": 1501893660, "email": "ann@a.example", "reason": "550 5.1.1 no"}]',
        '{"items": [{"created": 1501893660, "email": "ann@a.example", "reason": "550 5.1.1 no"}]}',
    ],
)
def test_a_list_is_read_as_a_table_and_as_json(text: str) -> None:
    expected = EVENT._replace(at=1501893660.0, code=550, enhanced="5.1.1", text="550 5.1.1 no")
    assert list(PIGEON.read(lines_of(text), Hints(dates="dmy"))) == [expected]


def test_a_table_of_another_kind_is_no_list_of_events() -> None:
    assert list(PIGEON.read(lines_of("email,event\nann@a.example,bounce"))) == [BadLine(2, "no event of Pigeon")]
    assert list(PIGEON.read(lines_of("email,created,reason\na,b,c,d"))) == [
        BadLine(2, "a row of 4 fields under a header of 3")
    ]


def test_what_is_unknown_in_a_batch_is_told_and_the_parts_of_an_envelope_are_not() -> None:
    party = {"event": "party"}
    assert events_of(PIGEON.read, {"items": [BOUNCE, party, BOUNCE]}) == [EVENT, UNKNOWN, EVENT]
    assert events_of(PIGEON.read, {"event": "request", "headers": {"event": "x"}, "body": BOUNCE}) == [EVENT]
    assert events_of(PIGEON.read, {"body": party}) == [UNKNOWN]
    assert events_of(PIGEON.read, {"body": [party, party]}) == [UNKNOWN, UNKNOWN]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({}, [BadLine(1, "no event of Pigeon")]),
        ({"items": [1]}, [BadLine(1, "no event of Pigeon")]),
        ({"items": []}, []),
        ({"event": "test"}, []),
        ({"event": "open"}, [BadLine(1, "opened without a recipient")]),
        ({**BOUNCE, "broken": True}, [BadLine(1, "broken")]),
    ],
)
def test_what_holds_no_event_is_told_unless_it_is_empty(document: Json, expected: list[BadLine]) -> None:
    assert events_of(PIGEON.read, document) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        '{"a": ' * 90 + TEXT + "}" * 90,
        json.dumps({str(number): packed("x" * 100_000) for number in range(300)}),
        json.dumps({"a": ['{"' * 1000] * 1000}),
        json.dumps([{str(number): "" for number in range(100_000)}] * 3),
    ],
)
def test_hostile_documents_take_bounded_time(hostile: str) -> None:
    began = process_time()
    assert all(isinstance(each, BadLine) for each in PIGEON.read(lines_of(hostile)))
    assert process_time() - began < 5


def test_texts_within_texts_are_opened_to_a_bounded_depth() -> None:
    value: Any = BOUNCE
    for _ in range(6):
        value = {"Message": json.dumps(value)}
    assert events_of(PIGEON.read, value) == [EVENT]


def test_what_was_not_read_is_told_beside_the_events() -> None:
    bomb = base64.b64encode(gzip.compress(b'{"a": "' + b"x" * 17_000_000 + b'"}')).decode()
    told = BadLine(1, "gzip that unpacks to more than 16,777,216 octets")
    assert events_of(PIGEON.read, {"Records": [{"data": bomb}, BOUNCE]}) == [told, EVENT]
    assert events_of(PIGEON.read, {"awslogs": {"data": bomb}}) == [told]
    assert list(PIGEON.read(lines_of(bomb))) == [told]


@pytest.mark.parametrize("is_encoded", [True, "true"])
def test_a_body_is_decoded_where_its_envelope_says_so(is_encoded: Any) -> None:
    body = base64.b64encode(f"events={quote_plus(json.dumps([BOUNCE]))}".encode()).decode()
    assert events_of(PIGEON.read, {"body": body, "isBase64Encoded": is_encoded}) == [EVENT]
    assert events_of(PIGEON.read, {"body": TEXT, "isBase64Encoded": is_encoded}) == [EVENT]
