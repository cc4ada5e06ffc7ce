"""Translation to RE2, texts made from an expression, and expressions too costly for one set."""

from __future__ import annotations

from typing import get_args

import pytest

from probe.classify.rules.expressions import (
    Dialect,
    UnsupportedExpressionError,
    examples,
    for_re2,
    is_wild,
)


@pytest.mark.parametrize(
    ("expression", "first"),
    [
        (r"^550.+mailbox unavailable", "550 mailbox unavailable"),
        (r"^5\d{2}", "550"),
        (r"^(421|554)[ \-]+x", "421 x"),
        (r"user (unknown|gone)?", "user unknown"),
        (r"\bspam", "spam"),
        ("", ""),
    ],
)
def test_examples_look_like_replies_of_a_server(expression: str, first: str) -> None:
    assert examples(expression)[0] == first


def test_examples_show_every_alternative() -> None:
    assert {text[0] for text in examples(r"^[45]\d\d (a|b|c)")} == {"4", "5"}
    assert {text[-1] for text in examples(r"^[45]\d\d (a|b|c)")} == {"a", "b", "c"}


def test_an_expression_that_matches_nothing_has_no_examples() -> None:
    assert examples(r"a\bb") == []


@pytest.mark.parametrize(
    ("expression", "wild"),
    [
        ("^550.+unknown", False),
        ("(?i)^550.*x", False),
        ("(^a|^b).*", False),
        ("(^a|b).*", True),
        ("user unknown", False),
        ("user.*unknown", True),
        (r"user [^x]+ unknown", True),
        (r"user \d+ unknown", False),
        (r"(a(b.*c)?)", True),
        ("(?i)" * 3_000 + "^a.*", False),
    ],
)
def test_an_expression_is_wild_if_it_matches_anywhere_and_contains_a_wildcard(expression: str, *, wild: bool) -> None:
    assert is_wild(expression) is wild


def test_an_expression_of_re2_is_kept_unchanged() -> None:
    assert for_re2(r"user\d+ (?i:unknown)") == r"user\d+ (?i:unknown)"


def test_an_invalid_expression_is_refused_with_the_reason_of_re2() -> None:
    with pytest.raises(UnsupportedExpressionError, match=r"^RE2 refuses it: missing \)"):
        for_re2("(a")


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_an_expression_that_would_take_seconds_to_compile_is_refused(dialect: Dialect) -> None:
    with pytest.raises(UnsupportedExpressionError, match="pattern too large"):
        for_re2("x{1,50}" * 1_000, dialect)


@pytest.mark.parametrize("dialect", get_args(Dialect))
def test_no_dialect_has_expressions_without_a_limit(dialect: Dialect) -> None:
    with pytest.raises(UnsupportedExpressionError, match="longer than 20,000 characters"):
        for_re2("a" * 20_001, dialect)


def test_examples_are_no_longer_than_replies() -> None:
    assert examples("a{300}") == ["a" * 300]
    assert examples("(a*)*" * 3_000) == [""]


def test_an_expression_that_cannot_be_parsed_has_no_examples_and_is_wild() -> None:
    assert examples("(?>a)") == []
    assert is_wild("(?>a)")
