"""Lines of strings and tables in TOML and JSON."""

from __future__ import annotations

import pytest

from probe.classify.rules.formats import toml_places
from probe.classify.rules.formats.toml_places import header, headers, lines_of, strings

TEXT = '''# "not a string"
[rules]
A = ["one", 'two']
B = [
  """three
lines""",
  "with \\"quotes\\"",
]
[[rule]]
[[ test ]]
[[rule]]
'''


def test_every_string_has_its_line_and_its_value() -> None:
    assert list(strings(TEXT)) == [(3, "one"), (3, "two"), (5, "three\nlines"), (7, 'with "quotes"')]


def test_the_line_of_a_string_is_found_in_order_and_0_if_it_is_missing() -> None:
    assert lines_of(TEXT, ["two", "three\nlines"]) == [3, 5]
    assert lines_of('a = "x"\nb = "x"\n', ["x", "x"]) == [1, 2]
    assert lines_of(TEXT, ["four"]) == [0]


def test_json_strings_are_found_as_well() -> None:
    assert lines_of('{"rules":\n {"A": ["x"]}}', ["A", "x"]) == [2, 2]


def test_a_header_is_found_by_its_name() -> None:
    assert headers(TEXT, "rule", 2) == [9, 11]
    assert headers(TEXT, "test", 1) == [10]


def test_lines_are_unknown_if_there_are_fewer_headers_than_tables() -> None:
    assert headers("rule = [{}, {}]", "rule", 2) == [0, 0]


def test_a_file_is_looked_through_once_for_all_its_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "[[rule]]\n" * 50
    passes: list[str] = []
    tokens = toml_places._tokens
    monkeypatch.setattr(toml_places, "_tokens", lambda text: passes.append(text) or tokens(text))
    assert [header(text, "rule", number) for number in range(51)] == [*range(1, 51), 0]
    assert passes == [text]
