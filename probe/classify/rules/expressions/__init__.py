"""Translates the regular expressions of other systems to RE2, which takes linear time for every expression.

RE2 has no back references and no look-around. An expression that needs them is refused, and its rule never matches.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

from fake_gateways.untrusted.expression import LONGEST, UnreadableExpressionError, compiled, options
from probe.classify.rules.expressions.parts import UnsupportedExpressionError, has_wildcard
from probe.classify.rules.expressions.reader import Dialect, parse

__all__ = ["Dialect", "UnsupportedExpressionError", "examples", "for_re2", "is_wild", "options"]

MOST_EXAMPLES: Final = 24
_LONGEST_EXAMPLE: Final = 1_000
"""Characters of a text that is tried as an example; the time of a search grows with the text times the expression."""


def for_re2(source: str, dialect: Dialect = "re2") -> str:
    """Return an expression in the syntax of RE2; raises UnsupportedExpressionError."""
    if len(source) > LONGEST:
        raise UnsupportedExpressionError(f"it is longer than {LONGEST:,} characters")
    text = source if dialect == "re2" else parse(source, dialect).re2
    try:
        compiled(text)
    except UnreadableExpressionError as error:
        raise UnsupportedExpressionError(f"RE2 refuses it: {error}") from None
    return text


def examples(expression: str, *, any_case: bool = False) -> list[str]:
    """Return texts that an RE2 expression matches, simple ones first; empty if none could be made."""
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return []
    searched = compiled(expression, any_case=any_case)
    made = dict.fromkeys(islice(whole.texts(), MOST_EXAMPLES))
    return [text for text in made if len(text) <= _LONGEST_EXAMPLE and searched.search(text)]


def is_wild(expression: str) -> bool:
    """Whether an expression contains something like ``.*`` and may match anywhere.

    Many such expressions in one set need a too large automaton.
    """
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return True
    return not whole.is_anchored and has_wildcard(whole)
