"""Expressions of other dialects, translated to RE2."""

from __future__ import annotations

import pytest
import re2

from fake_gateways.untrusted.expression import LONGEST
from probe.classify.rules.expressions import Dialect, UnsupportedExpressionError, for_re2, options
from probe.classify.rules.expressions.reader import DEEPEST, quoted


def matches(source: str, dialect: Dialect, text: str) -> bool:
    """Whether an expression, translated to RE2, matches a text, ignoring case."""
    return re2.compile(for_re2(source, dialect), options(any_case=True)).search(text) is not None


@pytest.mark.parametrize(
    ("dialect", "source", "text", "found"),
    [
        ("rust", r"^5\d{2} ", "550 x", True),
        ("rust", r"\d", "\u0663", True),  # Rust's \d is Unicode's
        ("js", r"\d", "\u0663", False),
        ("pcre", r"\d", "\u0663", False),
        ("rust", r"^\w+$", "gr\u00fc\u00dfe", True),
        ("js", r"^\w+$", "gr\u00fc\u00dfe", False),
        ("rust", r"a\sb", "a\u00a0b", True),
        ("rust", r"[\d.]+x", "\u0663.x", True),
        ("rust", r"[^\s]x", " x", False),
        ("rust", r"a\u{e9}b\x{e8}", "a\u00e9b\u00e8", True),
        ("js", r"https?:\/\/a\-b\#\ ", "http://a-b# ", True),
        ("js", r"\Aa\zb\p", "AaZbp", True),  # letters without a meaning are themselves
        ("js", r"\u00e9\x41", "\u00e9A", True),
        ("js", r"\u{2}", "uu", True),  # without the flag u this is a letter, twice
        ("js", r"a{b", "a{b", True),
        ("js", r"[^]x", "\nx", True),
        ("js", r"[[]x", "[x", True),
        ("pcre", r"a\h+b", "a \tb", True),
        ("pcre", r"a(?#a comment)b", "ab", True),
        ("pcre", r"ab\Z", "xab", True),
        ("pcre", r"[[:digit:]]+x", "12x", True),
        ("re2", r"\pN\z", "x5", True),
        ("re2", r"(?-i)User", "user", False),
    ],
)
def test_an_expression_keeps_the_meaning_of_its_dialect(
    dialect: Dialect, source: str, text: str, *, found: bool
) -> None:
    assert matches(source, dialect, text) is found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("blacklisted by zen", True),
        ("blacklisted by recipient", False),
        ("blacklisted by RECIPIENT", False),
        ("blacklisted by recipes", True),
        ("blacklisted by ", True),
        ("blacklisted by", False),
    ],
)
def test_a_negative_look_ahead_at_the_end_is_translated(text: str, *, found: bool) -> None:
    assert matches(r"blacklisted by\s(?!recipient)", "js", text) is found


def test_a_positive_look_ahead_at_the_end_is_translated() -> None:
    assert matches("user (?=unknown|gone)", "js", "user gone")
    assert not matches("user (?=unknown|gone)", "js", "user here")


@pytest.mark.parametrize(
    ("dialect", "source", "why"),
    [
        ("js", r"(a)\1", r"a back reference \1, which RE2 does not have"),
        ("js", "(?!a)b", "a look-ahead (?!a), which RE2 does not have"),
        ("js", "a(?!b|c)", "a look-ahead (?!b|c), which RE2 does not have"),
        ("js", "(a(?!b))", "a look-ahead (?!b), which RE2 does not have"),
        ("js", "a(?!b.)", "a look-ahead (?!b.), which RE2 does not have"),
        ("pcre", "(?<=a)b", "a look-behind (?<=a), which RE2 does not have"),
        ("pcre", "a++b", "a possessive quantifier, which RE2 does not have"),
        ("pcre", "(?>a)b", "a group (?>, which RE2 does not have"),
        ("rust", "a(?!b)", "a look-ahead (?!b), which RE2 does not have"),
        ("rust", "[a-z&&[^b]]", "combined character classes, which RE2 does not have"),
        ("rust", "[a[bc]]", "a nested character class, which RE2 does not have"),
        ("rust", r"\y", r"\y, which RE2 does not have"),
        ("rust", r"\x{110000}", r"\x without the number of a character"),
        ("rust", r"\x{D800}", r"\x with the number of half a character, which no text has"),
        ("js", r"\ud83d\ude00", r"\u with the number of half a character, which no text has"),
        ("js", "[]a", "[] matches nothing"),
        ("js", "(a", "a parenthesis is not closed"),
        ("js", "a)", "a closing parenthesis has no opening one"),
        ("js", "[a", "a character class is not closed: [a"),
        ("js", "+a", "there is nothing before + to repeat"),
        ("js", "a\\", "a backslash at the end"),
        ("js", "(" * (DEEPEST + 1), f"parentheses are nested more than {DEEPEST} deep"),
        ("js", "a" * (LONGEST + 1), f"it is longer than {LONGEST:,} characters"),
        ("js", f"x(?!{'y' * (DEEPEST + 1)})", f"a look-ahead of more than {DEEPEST} characters"),
        ("re2", "a(?!b)", "RE2 refuses it: invalid perl operator: (?!"),
        ("js", "a{1001}", "RE2 refuses it: invalid repetition size: {1001}"),
    ],
)
def test_what_re2_does_not_support_is_refused_and_named(dialect: Dialect, source: str, why: str) -> None:
    with pytest.raises(UnsupportedExpressionError) as raised:
        for_re2(source, dialect)
    assert str(raised.value) == why


@pytest.mark.parametrize("text", ["a.b*c", "\n\t\0", "\u00e9\U0001f600", "[^]-\\", "user unknown"])
def test_a_quoted_text_matches_only_itself(text: str) -> None:
    assert re2.fullmatch(quoted(text), text)
    assert not re2.fullmatch(quoted(text), text + "x")
