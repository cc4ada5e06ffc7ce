"""Times in logs: seconds or milliseconds since the epoch, RFC 3339, RFC 5322, and dates of tables."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from probe.intake.reading.dates import date_time

MAX_CHARACTERS: Final = 64
"""No date is longer, and the parser of RFC 5322 dates is slow for long texts."""
_MILLISECONDS_FROM: Final = 1e11
"""Larger numbers are milliseconds, then micro- and nanoseconds. As seconds it is the year 5138, else the year 1973."""
_DAYS: Final = range(30_000, 80_000)
"""Numbers that are days as spreadsheets count them, from 1982 to 2119; as seconds they were all on one day of 1970."""
_DAY_OF_1970: Final = 25_569
_END: Final = 253402300800.0
"""The year 10000; a larger number is not a time."""


def moment(value: object, order: str | None = None) -> float | None:
    """Return the time in a field as seconds since the epoch, None if the field holds no time.

    Numbers, also as texts, are seconds since the epoch or parts of them, or days of a spreadsheet, depending on their
    size. Dates without a time
    zone are UTC. ``order`` is that of day, month and year where a date is written in numbers with slashes; without it
    the time of a date that might be two is unknown.
    """
    if isinstance(value, str):
        return _of_text(value.strip(), order) if len(value) <= MAX_CHARACTERS else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # Compare before converting, as an integer may be too large for a float. NaN fails this comparison too.
    if not 0 <= value < _END * 1e9:
        return None
    seconds = float(value)
    if int(value) in _DAYS:
        seconds = round((seconds - _DAY_OF_1970) * 86_400, 3)
    while seconds >= _MILLISECONDS_FROM:
        seconds /= 1000
    return seconds


def _of_text(text: str, order: str | None) -> float | None:
    try:
        return moment(float(text))
    except ValueError:
        pass
    try:
        return _seconds(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        pass
    found = date_time(text, order)
    if found is not None:
        return found
    try:
        return _seconds(parsedate_to_datetime(text))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _seconds(at: datetime) -> float:
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
