"""Tables are read as programs export them."""

from __future__ import annotations

import pytest
from sample_lines import lines_of

from probe.intake.event import BadLine
from probe.intake.reading.tables import Row, is_header, named, records, rows, under


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2",
        "\n\na;b\n1;2",
        "a\tb\n1\t2",
        "a|b\n1|2",
        "\ufeffa,b\n1,2",
        '\ufeff"a","b"\n"1","2"',
        "sep=;\na;b\n1;2",
        "\ufeffsep=|\na|b\n1|2",
        '"sep=\t"\na\tb\n1\t2',
        "SEP=,\n\n a,b \n1,2",
        "#TYPE Selected.System.Management\na,b\n1,2",
        "\ufeff#Software: Microsoft Exchange Server\n#Date: 2026-03-03\n#Fields: a,b\n1,2",
        "a,b\r1,2\r",
    ],
)
def test_records_are_the_same_however_a_program_writes_them(text: str) -> None:
    assert [each[1] for each in records(lines_of(text)) if not isinstance(each, BadLine)] == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize("text", ["", "\n", "sep=;", "sep=;\n"])
def test_an_empty_table_has_no_rows(text: str) -> None:
    assert list(rows(lines_of(text))) == []


def test_rows_have_the_number_of_their_first_line() -> None:
    assert list(rows(lines_of('a,b\n"1\n2",3\n4,5'))) == [
        Row(1, ["a", "b"]),
        Row(2, ["1\n2", "3"]),
        Row(4, ["4", "5"]),
    ]


def test_a_row_longer_than_the_header_is_told() -> None:
    assert list(records(lines_of("a,b\n1,2,3"))) == [BadLine(2, "a row of 3 fields under a header of 2")]
    assert under(["a"], Row(2, ["1", ""])) == (2, {"a": "1"})
    assert named(Row(1, ["\ufeffa ", "b"])) == ["a", "b"]


@pytest.mark.parametrize(
    "text",
    [
        "status,reason,email,created",
        '"Recipient Address";"Status"',
        "@timestamp,@message",
        "sep=;",
        "#TYPE X",
        "#Fields: a",
    ],
)
def test_a_header_is_known(text: str) -> None:
    assert is_header(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "email",
        "web-1  | started",
        '{"a": 1, "b": 2}',
        "[1,2]",
        "2026-03-03 09:00:03,123 INFO hello",
        "Mar  3 09:00:03 mx1 a: b, c",
    ],
)
def test_other_text_is_no_header(text: str) -> None:
    assert not is_header(text)
