"""The parts of an expression, and texts that they match."""

from __future__ import annotations

from itertools import islice

import pytest

from probe.classify.rules.expressions.parts import Group, OneCharacter, Repeat, ZeroWidth, has_wildcard

A, B = OneCharacter("a", "a"), OneCharacter("b", "b")
DIGIT = OneCharacter("[0-9]")
ANY = OneCharacter(".")


def test_a_literal_character_matches_itself_and_a_class_some_of_its_members() -> None:
    assert list(A.texts()) == ["a"]
    assert set(DIGIT.texts()) <= set("0123456789")
    assert next(DIGIT.texts()) == "5"  # replies of interest begin with 5


@pytest.mark.parametrize(("part", "wide"), [(ANY, True), (OneCharacter("[^x]"), True), (DIGIT, False), (A, False)])
def test_a_class_is_wide_if_it_matches_nearly_every_character(part: OneCharacter, *, wide: bool) -> None:
    assert part.is_wide is wide


def test_a_group_gives_texts_of_its_branches_in_turn() -> None:
    group = Group("(", ((A, A), (B,)))
    assert list(islice(group.texts(), 2)) == ["aa", "b"]
    assert group.re2 == "(aa|b)"
    assert Group("", ((A,), (B,))).re2 == "a|b"


def test_a_group_is_anchored_if_every_branch_begins_at_the_start() -> None:
    start = ZeroWidth("^")
    assert Group("", ((start, A), (ZeroWidth("(?i)"), start))).is_anchored
    assert Group("", ((Group("(", ((start, A),)), B),)).is_anchored
    assert not Group("", ((start, A), (B,))).is_anchored
    assert not Group("", ((A, start),)).is_anchored
    assert not Group("", ((start,), ())).is_anchored
    assert not Group("", ((ZeroWidth("(?i)"),),)).is_anchored


def test_a_repeated_part_comes_as_rarely_as_allowed_and_once_more() -> None:
    assert next(Repeat(A, "{2,}", 2, None).texts()) == "aa"
    assert "aaa" in list(Repeat(A, "{2,}", 2, None).texts())
    assert set(Repeat(A, "?", 0, 1).texts()) == {"a", ""}
    assert set(Repeat(A, "{3}", 3, 3).texts()) == {"aaa"}
    assert Repeat(A, "{3}", 3, 3).re2 == "a{3}"


def test_a_sequence_combines_the_texts_of_its_parts() -> None:
    texts = list(islice(Group("", ((Group("(", ((A,), (B,))), DIGIT),)).texts(), 20))
    assert {text[0] for text in texts} == {"a", "b"}
    assert all(text[1].isdigit() for text in texts)


def test_a_wildcard_is_a_wide_class_repeated_without_limit() -> None:
    wildcard = Repeat(ANY, "*", 0, None)
    assert has_wildcard(wildcard)
    assert has_wildcard(Group("(", ((A,), (B, wildcard))))
    assert not has_wildcard(Repeat(ANY, "{1,3}", 1, 3))
    assert not has_wildcard(Repeat(DIGIT, "+", 1, None))
    assert not has_wildcard(ANY)
