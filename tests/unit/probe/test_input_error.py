"""The error for a mistake of the user: one sentence with place, problem and remedy."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from probe.input_error import InputError, one_of, raise_all, valid_toml


def test_an_input_error_is_one_sentence_of_place_problem_and_remedy() -> None:
    error = InputError(Path("news.toml"), "is missing", "add it")
    assert str(error) == "news.toml: is missing; add it"
    assert (error.place, error.problem, error.remedy) == ("news.toml", "is missing", "add it")


def test_an_input_error_travels_between_processes() -> None:
    again = pickle.loads(pickle.dumps(InputError("place", "problem", "remedy")))
    assert isinstance(again, InputError)
    assert (again.place, again.problem, again.remedy) == ("place", "problem", "remedy")


def test_several_mistakes_are_one_error_with_a_sentence_each() -> None:
    raise_all([])
    found = [InputError(place, "is missing", "add it") for place in ("a", "b", "c")]
    with pytest.raises(InputError) as raised:
        raise_all(found)
    assert str(raised.value).splitlines() == [f"{place}: is missing; add it" for place in ("a", "b", "c")]
    again = pickle.loads(pickle.dumps(raised.value))
    assert [each.place for each in again.others] == ["b", "c"]


def test_several_mistakes_in_each_of_several_files_are_all_listed() -> None:
    a, b, c = (InputError(place, "is missing", "add it") for place in ("a", "b", "c"))
    first = InputError(a.place, a.problem, a.remedy, [b])
    with pytest.raises(InputError) as raised:
        raise_all([first, c])
    assert [line[0] for line in str(raised.value).splitlines()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("word", "remedy"),
    [
        ("contents", "did you mean content?"),
        ("unknown-user", "did you mean user-unknown?"),
        ("weather", "use one of: content, user-unknown, unknown"),
    ],
)
def test_an_unknown_word_is_answered_with_the_most_similar_one_or_with_all(word: str, remedy: str) -> None:
    assert one_of(word, ["content", "user-unknown", "unknown"]) == remedy


def test_a_text_is_a_table() -> None:
    assert valid_toml("a = 1", "here") == {"a": 1}


def test_what_is_wrong_is_told_with_its_place_and_a_remedy() -> None:
    with pytest.raises(InputError, match=r"^here: is not valid TOML \(.+\); correct the line it names$"):
        valid_toml("a", "here")
    with pytest.raises(InputError, match=r"; write it again$"):
        valid_toml("a", "here", "write it again")
