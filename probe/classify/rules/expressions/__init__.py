"""Translates the regular expressions of other systems to RE2, which takes linear time for every expression.

RE2 has no back references and no look-around. An expression that needs them is refused, and its rule never matches.
"""

from __future__ import annotations

from itertools import islice
from typing import Final

import re2

from probe.classify.rules.expressions.parts import UnsupportedExpressionError, has_wildcard
from probe.classify.rules.expressions.reader import LONGEST, Dialect, parse

__all__ = ["Dialect", "UnsupportedExpressionError", "examples", "for_re2", "is_wild", "options"]

MOST_EXAMPLES: Final = 24
_LONGEST_EXAMPLE: Final = 1_000
"""Characters of a text that is tried as an example; the time of a search grows with the text times the expression."""
_MEMORY: Final = 256 << 10
"""Octets that an expression may take when RE2 compiles it. Its time grows with the square of ``x{1,50}`` in a row; the
largest that fits compiles in a tenth of a second. It is fifty times the largest public rule."""


def options(*, any_case: bool = False) -> re2.Options:
    """Return the options with which expressions are compiled."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.never_capture = True  # what a group matches would take memory for each group and step
    chosen.case_sensitive = not any_case
    return chosen


def for_re2(source: str, dialect: Dialect = "re2") -> str:
    """Return an expression in the syntax of RE2; raises UnsupportedExpressionError."""
    if len(source) > LONGEST:
        raise UnsupportedExpressionError(f"it is longer than {LONGEST:,} characters")
    text = source if dialect == "re2" else parse(source, dialect).re2
    small = options()
    small.max_mem = _MEMORY
    try:
        re2.compile(text, small)
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        detail = reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        raise UnsupportedExpressionError(f"RE2 refuses it: {detail}") from None
    return text


def examples(expression: str, *, any_case: bool = False) -> list[str]:
    """Return texts that an RE2 expression matches, simple ones first; empty if none could be made."""
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return []
    compiled = re2.compile(expression, options(any_case=any_case))
    made = dict.fromkeys(islice(whole.texts(), MOST_EXAMPLES))
    return [text for text in made if len(text) <= _LONGEST_EXAMPLE and compiled.search(text)]


def is_wild(expression: str) -> bool:
    """Whether an expression contains something like ``.*`` and may match anywhere.

    Many such expressions in one set need a too large automaton.
    """
    try:
        whole = parse(expression, "re2")
    except UnsupportedExpressionError:
        return True
    return not whole.is_anchored and has_wildcard(whole)
