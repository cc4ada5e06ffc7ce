"""The search finds every expression that matches, even if there are too many for one automaton."""

from __future__ import annotations

import pytest

from probe.classify.rules.search import Search


def test_every_expression_that_matches_is_found_in_order() -> None:
    search = Search(["unknown", "user.*unknown", "^user", "x", "", "USER"], any_case=False)
    assert search.matches("user unknown") == [0, 1, 2, 4]


def test_case_is_ignored_if_asked() -> None:
    search = Search(["unknown", "user.*unknown", "(?-i)UNKNOWN"], any_case=True)
    assert search.matches("USER Unknown") == [0, 1]


def test_no_expressions_find_nothing() -> None:
    assert Search([], any_case=True).matches("x") == []


@pytest.mark.parametrize("pattern", ["k{}z", "k{}:.*z"])
def test_thousands_of_expressions_are_searched_in_parts(pattern: str) -> None:
    search = Search([pattern.format(number) for number in range(1_200)], any_case=True)
    assert search.matches(f"{pattern.format(1199)}".upper().replace(".*", "")) == [1199]
    assert search.matches("k7z k7:z")[0] == 7


@pytest.mark.parametrize("pattern", ["^x{}.{{900}}y", "x{}.{{900}}y.*z"])
def test_expressions_without_memory_for_their_automaton_are_searched_one_by_one(pattern: str) -> None:
    # A set of these compiles, and then finds nothing at all without a word.
    search = Search([pattern.format(number) for number in range(300)], any_case=False)
    assert search.matches(f"x3{'a' * 900}yz") == [3]


@pytest.mark.parametrize("text", ["\U0010ffff", "\ud800", "\0", "\u017f\u212a", ""])
def test_any_text_can_be_searched(text: str) -> None:
    assert Search([".", "x.*y"], any_case=True).matches(text) in ([0], [])


def test_an_expression_that_would_hang_other_engines_does_not_hang_this_one() -> None:
    search = Search([r"(a*)*b", r"(a|aa)+$.*c"], any_case=False)
    assert search.matches("a" * 50_000) == []
