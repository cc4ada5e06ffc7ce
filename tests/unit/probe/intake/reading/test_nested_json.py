"""JSON is found in whatever carries it."""

from __future__ import annotations

import base64
import gzip
import json
from time import process_time
from urllib.parse import quote, quote_plus, urlencode

import pytest

from probe.intake.reading.nested_json import Unread, from_base64, inside

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


def test_what_unpacks_to_too_much_is_told() -> None:
    bomb = base64.b64encode(gzip.compress(b'{"a": "' + b"x" * 50_000_000 + b'"}', mtime=0)).decode()
    assert list(inside(bomb)) == [Unread("gzip that unpacks to more than 16,777,216 octets")]


def test_a_text_that_is_searched_no_further_is_told() -> None:
    reason = "the text has more than 50 brackets that start no JSON; the rest was not read"
    assert list(inside(f"{TEXT} {'[[x ' * 60} {TEXT}")) == [EVENT, Unread(reason)]
    assert list(inside("{" + "x" * 10_000_000)) == [Unread("a text of more than 10,000,000 characters")]


def test_many_objects_in_one_text_are_all_found() -> None:
    text = "\n".join([TEXT] * 120)
    assert list(inside(text)) == [EVENT] * 120
    assert list(inside(json.dumps(text))) == [EVENT] * 120
    assert list(inside(base64.b64encode(text.encode()).decode())) == [EVENT] * 120


def test_what_packs_very_well_is_found() -> None:
    packed = base64.b64encode(gzip.compress(json.dumps([EVENT] * 20_000).encode(), mtime=0)).decode()
    assert list(inside(packed)) == [[EVENT] * 20_000]


def test_a_form_is_an_object_if_it_names_an_event() -> None:
    form = {"event": "bounced", "recipient": "ann@a.example", "error": "550 5.1.1 no"}
    assert list(inside(urlencode(form))) == [form]
    assert list(inside(f"POST /hooks 200 {urlencode(form)}")) == [form]
    assert list(inside("GET /x?event=1&y=2 a=1&b=2")) == []


def test_base64_is_decoded_where_it_is_base64() -> None:
    assert from_base64(base64.b64encode(b"a=1&b=2").decode()) == "a=1&b=2"
    assert from_base64("a=1&b=2") == "a=1&b=2"
