"""The times at which log lines say that they were written, some without a year and most without a time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, NamedTuple

from probe.intake.reading.lines import UnreadableError

_MONTHS: Final = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_OUT_OF_ORDER: Final = timedelta(days=30)
"""Daemons write side by side; lines that go back further than this are of a new year."""
_QUARTER_S: Final = 900
"""Time zones differ by whole quarters of an hour."""
_WIDEST_ZONE_S: Final = 14 * 3600
_ON_ITS_WAY_S: Final = 60
"""A line gets from its program to what wraps it within this time."""


class When(NamedTuple):
    """A time in seconds since the epoch, None if unknown. Without a zone it was taken for UTC."""

    at: float | None = None
    has_zone: bool = False


UNKNOWN: Final = When()


def iso_time(text: str, zone: str, around: When) -> When:
    """Read ISO 8601. Without a zone, the zone is that in which the line was written at ``around``, else UTC.

    Raises UnreadableError.
    """
    offset = "+00:00" if zone in {"Z", "UTC", "GMT"} else zone
    try:
        time = datetime.fromisoformat(text.replace("/", "-").replace(",", ".") + offset)
        if offset:
            return When(time.timestamp(), has_zone=True)
        return _in_zone_of(time.replace(tzinfo=UTC).timestamp(), around)
    except (ValueError, OverflowError):
        raise UnreadableError(f"{(text + zone)[:40]!r} is not a time") from None


def _in_zone_of(local: float, around: When) -> When:
    """Return a local time in the zone that makes it the time ``around`` it, or in UTC if no zone does."""
    if around.at is None or not around.has_zone:
        return When(local)
    offset = round((around.at - local) / _QUARTER_S) * _QUARTER_S
    is_zone = abs(offset) <= _WIDEST_ZONE_S and abs(around.at - local - offset) <= _ON_ITS_WAY_S
    return When(local + offset, has_zone=True) if is_zone else When(local)


class YearlessDates:
    """Reads syslog's dates, which have no year (RFC 3164 section 4.1.2), by the order of the lines.

    ``year`` is that of the first line; without it times are unknown, unless another time around the date has a year.
    """

    def __init__(self, year: int | None) -> None:
        self._year = year
        self._last: datetime | None = None

    def read(self, text: str, fraction: str, around: When) -> When:
        """Read ``Mar  3 09:00:03``, and a fraction such as ``.25``; raises UnreadableError."""
        try:
            time = self._in_order(text) if around.at is None else _nearest(text, around.at)
        except (ValueError, OverflowError):
            raise UnreadableError(f"{text!r} is not a date") from None
        return UNKNOWN if time is None else _in_zone_of(time.timestamp() + float(fraction or 0), around)

    def _in_order(self, text: str) -> datetime | None:
        # A leap year stands in for an unknown one, so that all dates can be checked.
        year = self._year or 2000
        time = _date(text, year)
        if self._last and time < self._last - _OUT_OF_ORDER:
            year += 1
        elif self._last and time > self._last + timedelta(days=365) - _OUT_OF_ORDER:
            return _date(text, year - 1)  # a straggler of last December
        time = _date(text, year)
        if self._year is None:
            return None
        self._year, self._last = year, max(time, self._last or time)
        return time


def _nearest(text: str, around: float) -> datetime:
    """Return the date in the year in which it is nearest to a time."""
    year = datetime.fromtimestamp(around, UTC).year
    several = [_date(text, each) for each in (year - 1, year, year + 1) if _is_date(text, each)]
    if not several:
        raise ValueError
    return min(several, key=lambda time: abs(time.timestamp() - around))


def _is_date(text: str, year: int) -> bool:
    try:
        _date(text, year)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=64)
def _date(text: str, year: int) -> datetime:
    month, day, clock = text.split()
    hours, minutes, seconds = map(int, clock.split(":"))
    return datetime(year, _MONTHS.index(month) + 1, int(day), hours, minutes, seconds, tzinfo=UTC)
