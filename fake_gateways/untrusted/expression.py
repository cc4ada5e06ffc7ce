"""Regular expressions from files of strangers. RE2 runs them in linear time, but may take long to compile one."""

from __future__ import annotations

from typing import Any, Final

import re2

_MEMORY: Final = 256 << 10
"""Octets that an expression may take when RE2 compiles it. Its time grows with the square of ``x{1,50}`` in a row; the
largest that fits compiles in a tenth of a second. It is fifty times the largest public rule."""
LONGEST: Final = 20_000
"""The longest expression that is read, in characters."""


class UnreadableExpressionError(ValueError):
    """RE2 cannot read an expression, or it is too large; the message says why."""


def options(*, any_case: bool = False) -> Any:
    """Return the options with which expressions are compiled."""
    chosen = re2.Options()
    chosen.log_errors = False
    chosen.never_capture = True  # what a group matches would take memory for each group and step
    chosen.case_sensitive = not any_case
    return chosen


def compiled(expression: str, *, any_case: bool = False) -> Any:
    """Return a compiled expression, which finds and captures nothing; raises UnreadableExpressionError."""
    if len(expression) > LONGEST:
        raise UnreadableExpressionError(f"it is longer than {LONGEST:,} characters")
    small = options(any_case=any_case)
    small.max_mem = _MEMORY
    try:
        re2.compile(expression, small)
        return re2.compile(expression, options(any_case=any_case))
    except re2.error as error:
        reason = error.args[0] if error.args else ""
        raise UnreadableExpressionError(
            reason.decode("utf-8", "replace") if isinstance(reason, bytes) else str(reason)
        ) from None
