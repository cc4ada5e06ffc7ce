"""JSON is found in whatever carries it."""

from __future__ import annotations

import base64
import gzip
import json
from time import process_time
from urllib.parse import quote, quote_plus, urlencode

import pytest

from probe.intake.reading.nested_json import inside

EVENT = {"event": "bounce", "text": 'he said "no" {really}'}
TEXT = json.dumps(EVENT)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        f"2026-03-03 09:00:03,123 INFO [hooks] POST /hooks 200 {TEXT}",
        f'192.0.2.9 - - [03/Mar/2026:09:00:03 +0000] "POST /hooks HTTP/1.1" 200 {TEXT} 0.003',
        f"level=info body={json.dumps(TEXT)} status=200",
        json.dumps(TEXT),
        json.dumps(json.dumps(TEXT)),
        f"payload {json.dumps(EVENT, indent=2)} end",
        urlencode({"events": TEXT}),
        f"POST /hooks mandrill_events={quote(TEXT)}&x=1",
        f"body {quote_plus(TEXT)} end",
        base64.b64encode(TEXT.encode()).decode(),
        base64.urlsafe_b64encode(TEXT.encode()).decode().rstrip("="),
        base64.b64encode(json.dumps(EVENT, indent=1).encode()).decode(),
        base64.b64encode(gzip.compress(TEXT.encode(), mtime=0)).decode(),
    ],
)
def test_an_object_is_found(text: str) -> None:
    assert list(inside(text)) == [EVENT]


def test_arrays_and_several_objects_are_found() -> None:
    assert list(inside(f"a {TEXT} b {TEXT}")) == [EVENT, EVENT]
    assert list(inside(f"a {json.dumps([EVENT, EVENT])} b")) == [[EVENT, EVENT]]
    assert list(inside(base64.b64encode(json.dumps([EVENT]).encode()).decode())) == [[EVENT]]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "GET /x{id} [a] {",
        '{"cut": "off',
        "%7B%22",
        "eyJhbGciOiJIUzI1NiJ9",
        "H4sI" + "A" * 40,
        "eyJ" + "=" * 40,
    ],
)
def test_what_holds_no_object_yields_nothing(text: str) -> None:
    assert [each for each in inside(text) if isinstance(each, dict) and each] in ([], [{"alg": "HS256"}])


@pytest.mark.parametrize("piece", ['{"', "[[", '"{\\"', "[{", "%7B%22", '{"a":', "eyJ", '\\"', "{ "])
def test_hostile_texts_take_bounded_time(piece: str) -> None:
    began = process_time()
    list(inside(piece * (1_000_000 // len(piece))))
    assert process_time() - began < 2.0


def test_what_unpacks_to_too_much_is_cut() -> None:
    bomb = base64.b64encode(gzip.compress(b'{"a": "' + b"x" * 50_000_000 + b'"}', mtime=0)).decode()
    assert list(inside(bomb)) == []
