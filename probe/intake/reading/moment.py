"""Times in logs: seconds or milliseconds since the epoch, RFC 3339, RFC 5322."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

MAX_CHARACTERS: Final = 64
"""No date is longer, and the parser of RFC 5322 dates is slow for long texts."""
_MILLISECONDS_FROM: Final = 1e11
"""Larger numbers are milliseconds. As seconds it is the year 5138, as milliseconds the year 1973."""
_END: Final = 253402300800.0
"""The year 10000; a larger number is not a time."""


def moment(value: object) -> float | None:
    """Return the time in a field as seconds since the epoch, None if the field holds no time.

    Numbers, also as texts, are seconds or milliseconds since the epoch, depending on their size. Dates without a time
    zone are UTC.
    """
    if isinstance(value, str):
        return _of_text(value.strip()) if len(value) <= MAX_CHARACTERS else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compare before converting, as an integer may be too large for a float. NaN fails this comparison too.
    if not 0 <= value < _END * 1000:
        return None
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else float(value)
    return seconds if math.isfinite(seconds) else None


def _of_text(text: str) -> float | None:
    try:
        return moment(float(text))
    except ValueError:
        pass
    for parse in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            at = parse(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError, TypeError, IndexError):
            continue
    return None
