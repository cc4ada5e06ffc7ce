"""JSON objects are found however they are laid out over lines, and a broken one costs no more than itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from time import process_time

import pytest

from probe.intake.event import BadLine, LogLine
from probe.intake.reading.json_documents import MAX_DEPTH, MAX_DOCUMENT, Document, read
from probe.intake.reading.json_fields import Json

NO_OBJECT = "not a JSON object"
BROKEN_OFF = "a JSON object that is cut off"


def lines(text: str) -> list[LogLine]:
    """Return the lines of a text."""
    return [LogLine(number, line) for number, line in enumerate(text.split("\n"), 1)]


def found(text: str) -> list[tuple[int, Json] | tuple[int, str]]:
    """Return what is read from a text, as plain pairs."""
    return [tuple(each[:2]) for each in read(lines(text))]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('{"a": 1}\n{"a": 2}', [(1, {"a": 1}), (2, {"a": 2})], id="JSON Lines"),
        pytest.param('\n{"a": 1}\n\n \n{"a": 2}\n', [(2, {"a": 1}), (5, {"a": 2})], id="empty lines"),
        pytest.param('[{"a": 1}, {"a": 2}]', [(1, {"a": 1}), (1, {"a": 2})], id="an array on one line"),
        pytest.param('[{"a": 1}]\n[{"a": 2}]', [(1, {"a": 1}), (2, {"a": 2})], id="an array a line"),
        pytest.param('[\n  {"a": 1},\n  {"a": 2}\n]', [(2, {"a": 1}), (3, {"a": 2})], id="an array over lines"),
        pytest.param('[[{"a": 1}], [[{"a": 2}]]]', [(1, {"a": 1}), (1, {"a": 2})], id="arrays in arrays"),
        pytest.param('{\n "a":\n  [1,\n  2]\n}', [(1, {"a": [1, 2]})], id="an object over lines"),
        pytest.param('{\n "a": [\n{\n"b": 1}\n,\n{\n}]}', [(1, {"a": [{"b": 1}, {}]})], id="brackets on new lines"),
        pytest.param('{"a": 1}{"a": 2}', [(1, {"a": 1}), (1, {"a": 2})], id="one right after the other"),
        pytest.param('{"a":\n1}{"a":\n2} {"a": 3}', [(1, {"a": 1}), (2, {"a": 2}), (3, {"a": 3})], id="overlapping"),
        pytest.param('{"a": "}{]["}', [(1, {"a": "}{]["})], id="brackets in a text"),
        pytest.param('{"a":\n"\\"}\\\\"}', [(1, {"a": '"}\\'})], id="escaped quotes"),
        pytest.param('\ufeff{"a": 1}', [(1, {"a": 1})], id="a byte order mark"),
        pytest.param('2026-03-03 09:00:03,1 INFO {"a": 1} ok', [(1, {"a": 1})], id="a line of a log"),
        pytest.param(
            '[2026-03-03 09:00:03] app.INFO: [{"a": 1}, {"a": 2}]', [(1, {"a": 1}), (1, {"a": 2})], id="Monolog"
        ),
        pytest.param('INFO body="{\\"a\\": 1}" 200', [(1, {"a": 1})], id="a text within a line"),
        pytest.param(
            'INFO got {\n "a": 1\n}\nINFO got {"a": 2}', [(1, {"a": 1}), (4, {"a": 2})], id="over lines of a log"
        ),
        pytest.param('"{\\"a\\": 1}"\n["{\\"a\\": 2}"]', [(1, {"a": 1}), (2, {"a": 2})], id="texts that hold objects"),
        pytest.param("{'a': 'it\\'s', 'b': None}", [(1, {"a": "it's", "b": None})], id="Python"),
        pytest.param('{"a"=>nil}\n{"a"=>[{"b"=>1}]}', [(1, {"a": None}), (2, {"a": [{"b": 1}]})], id="Ruby"),
        pytest.param("", [], id="nothing"),
        pytest.param("[]", [], id="an empty array"),
        pytest.param("{}", [(1, {})], id="an empty object"),
    ],
)
def test_objects_are_found_however_they_are_laid_out(text: str, expected: list[tuple[int, Json]]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param('hello\n{"a": 1}', [(1, NO_OBJECT), (2, {"a": 1})], id="words"),
        pytest.param('[1, null, "{", {"a": 1}, 2]', [(1, NO_OBJECT), (1, {"a": 1})], id="other elements, told once"),
        pytest.param("1\n2", [(1, NO_OBJECT), (2, NO_OBJECT)], id="numbers, told line by line"),
        pytest.param('{"a": "x\n{"a": 1}', [(1, "a JSON text that does not end on its line"), (2, {"a": 1})], id="cut"),
        pytest.param('{"a": 1,\n{"a": 2}\n{"a": 3}', [(1, BROKEN_OFF), (2, {"a": 2}), (3, {"a": 3})], id="cut in two"),
        pytest.param('{"a": {"b": 1}\n{"a": 2}', [(1, BROKEN_OFF), (2, {"a": 2})], id="a bracket short"),
        pytest.param('{"a": 1', [(1, BROKEN_OFF)], id="cut at the end"),
        pytest.param('x {\ny {"a": 1}', [(1, BROKEN_OFF), (2, {"a": 1})], id="a bracket at the end of a line of text"),
        pytest.param(
            '{"a": ]\n{"a": 2}', [(1, "a JSON object whose brackets do not match"), (2, {"a": 2})], id="crossed"
        ),
        pytest.param('}\n{"a": 2}', [(1, NO_OBJECT), (2, {"a": 2})], id="an end without a beginning"),
        pytest.param(
            '{a: 1}\n{"a": 2}',
            [
                (1, "not JSON (Expecting property name enclosed in double quotes: line 1 column 2 (char 1))"),
                (2, {"a": 2}),
            ],
            id="JavaScript for JSON",
        ),
        pytest.param(
            '{"a": ]\n  {"b": 1}\n}\n{"a": 2}',
            [(1, "a JSON object whose brackets do not match"), (4, {"a": 2})],
            id="what is indented belongs to the broken one",
        ),
    ],
)
def test_what_is_no_object_is_told_and_reading_goes_on(text: str, expected: list[tuple[int, object]]) -> None:
    assert found(text) == expected


def test_a_nesting_bomb_is_told_on_one_line_and_over_many() -> None:
    assert found('{"a":' * 100_000 + '\n{"b": 1}') == [(1, f"a JSON object more than {MAX_DEPTH} deep"), (2, {"b": 1})]
    assert found('{"a":\n' * 200 + '{"b": 1}')[0] == (1, f"a JSON object more than {MAX_DEPTH} deep")


def test_an_integer_of_too_many_digits_is_told() -> None:
    (bad, good) = found('{"a": ' + "9" * 5000 + '}\n{"b": 1}')
    assert bad[0] == 1
    assert bad[1] == "a number that is too long"
    assert good == (2, {"b": 1})


def test_an_object_that_never_ends_is_dropped_before_it_fills_the_memory() -> None:
    def endless() -> Iterator[LogLine]:
        yield LogLine(1, "{")
        for number in range(2, 30):
            yield LogLine(number, f' "{number}": "{"x" * 1_000_000}",')
        yield LogLine(30, '{"b": 1}')

    bad, good = read(endless())
    assert bad == BadLine(1, f"a JSON object of more than {MAX_DOCUMENT:,} characters")
    assert good == Document(30, {"b": 1})


def test_an_object_too_large_for_one_line_is_told() -> None:
    text = json.dumps({"a": "x" * MAX_DOCUMENT})
    assert found(text + '\n{"b": 1}') == [
        (1, f"a JSON object of more than {MAX_DOCUMENT:,} characters"),
        (2, {"b": 1}),
    ]


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param("{a}" * 300_000, id="broken objects side by side"),
        pytest.param("{a}\n" * 100_000, id="broken objects line by line"),
        pytest.param("{" * 900_000, id="brackets"),
        pytest.param('"' * 900_000, id="quotes"),
        pytest.param("[" * 900_000, id="arrays"),
        pytest.param('{"a":\n' + "\n" * 900_000, id="an object of empty lines"),
        pytest.param('{"a":[\n' + '{"b":[\n' * 90 + "{},\n" * 200_000, id="an object of many lines"),
        pytest.param('["' + "\\" * 900_000, id="escapes"),
        pytest.param("[" + "1," * 450_000, id="numbers"),
        pytest.param('["{",' * 200_000, id="texts with brackets"),
        pytest.param('x {"' * 200_000, id="text with brackets"),
        pytest.param('x {"\n' * 100_000, id="lines with brackets"),
        pytest.param("x {\n" * 100_000, id="lines that end in brackets"),
    ],
)
def test_time_grows_with_the_text_and_no_faster(hostile: str) -> None:
    started = process_time()
    for _ in read(lines(hostile)):
        pass
    # Far above what a pass over it takes, far below what one pass a line or an object would.
    assert process_time() - started < 5
