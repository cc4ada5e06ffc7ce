"""Fields of JSON documents whose types nobody has checked."""

from __future__ import annotations

import pytest

from probe.intake.reading.json_fields import (
    MAX_ADDRESS,
    each,
    field,
    in_brackets,
    joined,
    printable,
    text,
    within,
    word,
    words,
)
from probe.intake.reading.reply_text import MAX_TEXT

DOCUMENT = {"mail": {"id": 7, "to": ["ann", 8, "", None], "note": "  hello  "}, "list": "no list"}


def test_a_field_is_found_by_its_path_and_a_wrong_type_on_the_way_is_missing() -> None:
    assert field(DOCUMENT, "mail", "id") == 7
    assert field(DOCUMENT, "mail", "id", "deeper") is None
    assert field(None, "mail") is None


def test_a_value_of_the_wrong_type_is_empty() -> None:
    assert within(DOCUMENT, "list") == {}
    assert each(DOCUMENT, "list") == []
    assert text(DOCUMENT, "mail", "id") == ""
    assert word(DOCUMENT, "mail", "to") == ""


def test_a_text_is_stripped_and_cut() -> None:
    assert text(DOCUMENT, "mail", "note") == "hello"
    assert len(text({"long": "x" * (MAX_TEXT + 1)}, "long")) == MAX_TEXT
    assert len(word({"long": "x" * (MAX_ADDRESS + 1)}, "long")) == MAX_ADDRESS


@pytest.mark.parametrize(("value", "found"), [(7, "7"), (True, ""), (7.5, ""), (10**18, ""), (10**18 - 1, "9" * 18)])
def test_an_identifier_may_be_an_integer_of_ordinary_size(value: object, found: str) -> None:
    assert word({"id": value}, "id") == found


def test_words_are_read_from_one_text_or_an_array_without_empty_ones() -> None:
    assert words(DOCUMENT, "mail", "to") == ["ann", "8"]
    assert words(DOCUMENT, "list") == ["no list"]


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert printable("a\ud800b", 10) == "a?b"


@pytest.mark.parametrize(("given", "found"), [("m@x", "<m@x>"), (" <m@x> ", "<m@x>"), ("", ""), ("<>", "")])
def test_a_message_id_has_angle_brackets(given: str, found: str) -> None:
    assert in_brackets(given) == found


def test_a_label_has_no_empty_parts() -> None:
    assert joined("Permanent", "", "General") == "Permanent/General"
