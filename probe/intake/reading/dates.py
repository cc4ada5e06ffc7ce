"""Dates as programs and people write them in tables: 03/03/2026, 3.3.2026, Mar 3, 2026 9:00 AM."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Final

_CLOCK: Final = (
    r"(?:[ T,]{1,3}(?P<hour>\d{1,2})[:.](?P<minute>\d\d)(?:[:.](?P<second>\d\d)(?:[.,]\d{1,9})?)?"
    r"(?: ?(?P<half>[ap])\.?m\.?)?)?(?: ?(?P<zone>Z|UTC|GMT|[+-]\d\d:?\d\d))?"
)
_WEEKDAY: Final = r"(?:[a-z]{3,9}\.?,? )?"
_NUMBERS: Final = re.compile(
    rf"{_WEEKDAY}(?P<first>\d{{1,4}})(?P<mark>[./-])(?P<second_part>\d{{1,2}})(?P=mark)(?P<third>\d{{2,4}}){_CLOCK}",
    re.IGNORECASE,
)
_DAY: Final = r"\d{1,2}(?:st|nd|rd|th)?"
_NAMED: Final = re.compile(
    rf"{_WEEKDAY}(?:(?P<before>{_DAY})[ .-]{{1,2}})?(?P<month>[a-z]{{3,9}})\.?[ -](?:(?P<after>{_DAY}),? )?"
    rf"(?P<year>\d{{4}}){_CLOCK}",
    re.IGNORECASE,
)
_MONTHS: Final = "jan feb mar apr may jun jul aug sep oct nov dec".split()
ORDERS: Final = ("dmy", "mdy", "ymd")


def order_of(text: str) -> str | None:
    """Return the order of day, month and year in a pattern such as DD/MM/YYYY or ``%d/%m/%Y``, None if it has none."""
    order = "".join(dict.fromkeys(letter for letter in text.lower() if letter.isalpha()))[:3]
    return order if order in ORDERS else None


def date_time(text: str, order: str | None = None) -> float | None:
    """Return a date's time in seconds since the epoch, in UTC unless it names a zone; None if it is not a date.

    ``order`` is that of numbers with slashes, one of ORDERS. Without it they are told apart where one is above 12, and
    a date where that does not help is None (see ``is_ambiguous``). With dots, the day comes first.
    """
    found = _NAMED.fullmatch(text) or _NUMBERS.fullmatch(text)
    if found is None:
        return None
    try:
        year, month, day = _date(found.groupdict(), order)
        return datetime(year, month, day, *_clock(found), tzinfo=_zone(found["zone"] or "")).timestamp()
    except (ValueError, OverflowError):
        return None


def is_ambiguous(text: str) -> bool:
    """Whether day and month of a date cannot be told apart."""
    return date_time(text) is None and date_time(text, ORDERS[0]) is not None


def _date(parts: dict[str, str | None], order: str | None) -> tuple[int, int, int]:
    if name := parts.get("month"):
        day = parts["before"] or parts["after"]
        return int(parts["year"] or 0), _MONTHS.index(name[:3].lower()) + 1, int((day or "0").rstrip("stndrhSTNDRH"))
    first, second, third = (int(parts[name] or 0) for name in ("first", "second_part", "third"))
    if len(parts["first"] or "") == 4:
        return first, second, third
    year = third if third > 99 else 2000 + third
    if parts["mark"] == ".":
        return year, second, first
    match order:
        case "dmy":
            return year, second, first
        case "mdy":
            return year, first, second
        case "ymd":
            return 2000 + first, second, third
    if first <= 12 and second <= 12 and first != second:
        raise ValueError
    return (year, second, first) if first > 12 else (year, first, second)


def _clock(found: re.Match[str]) -> tuple[int, int, int]:
    hour = int(found["hour"] or 0)
    if half := found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if half.lower() == "p" else 0)
    return hour, int(found["minute"] or 0), int(found["second"] or 0)


def _zone(text: str) -> timezone:
    if text[:1] not in {"+", "-"}:
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-offset if text[0] == "-" else offset)
