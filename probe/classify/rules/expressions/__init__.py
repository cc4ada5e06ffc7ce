"""Expressions as other systems write them, said for RE2, which takes linear time whatever the expression.

RE2 has no back references and no look-around; an expression that needs them is refused, and its rule never fires.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

import re2

from probe.classify.rules.expressions.parts import UnsupportedExpressionError, has_wildcard
from probe.classify.rules.expressions.reader import Dialect, parse

__all__ = ["Dialect", "UnsupportedExpressionError", "examples", "for_re2", "is_wild", "options"]

MOST_EXAMPLES: Final = 24


def options(*, any_case: bool = False) -> re2.Options:
    """Return how expressions are compiled."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.case_sensitive = not any_case
    return chosen


def for_re2(source: str, dialect: Dialect = "re2") -> str:
    """Return an expression as RE2 writes it; raises UnsupportedExpressionError."""
    text = source if dialect == "re2" else parse(source, dialect).re2
    try:
        re2.compile(text, options())
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        told = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise UnsupportedExpressionError(f"RE2 refuses it: {told}") from None
    return text


def examples(expression: str, *, any_case: bool = False) -> list[str]:
    """Return texts that an expression of RE2's matches, the plainest first; none where none could be made."""
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return []
    compiled = re2.compile(expression, options(any_case=any_case))
    made = dict.fromkeys(islice(whole.texts(), MOST_EXAMPLES))
    return [text for text in made if compiled.search(text)]


def is_wild(expression: str) -> bool:
    """Whether it has something like ``.*`` in it and may begin anywhere.

    Many such expressions in one set need an automaton of more states than there is memory for.
    """
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return True
    return not whole.is_anchored and has_wildcard(whole)
