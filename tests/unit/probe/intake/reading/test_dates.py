"""Dates of tables are read as programs and people write them."""

from __future__ import annotations

import pytest

from probe.intake.reading.dates import date_time, is_ambiguous, order_of

AT = 1772528400.0
"""2026-03-03 09:00 UTC."""


@pytest.mark.parametrize(
    "text",
    [
        "03/03/2026 09:00:00",
        "3/3/2026 9:00:00 AM",
        "3/3/26 9:00 am",
        "3.3.2026 09:00",
        "03.03.2026, 09:00",
        "3-3-2026 09:00",
        "2026/03/03 09:00",
        "2026-03-03 09:00:00 UTC",
        "2026-03-03T09:00:00.1234567",
        "2026-03-03 09:00:00 +0000",
        "2026-03-03 10:00:00 +01:00",
        "2026-03-03 04:00:00 -0500",
        "Mar 3, 2026 9:00:00 AM",
        "March 3, 2026, 9:00 a.m.",
        "Tue, Mar 3, 2026 09:00",
        "3 March 2026 09:00",
        "03-Mar-2026 09:00:00",
        "Tuesday, 3 March 2026 09.00",
    ],
)
def test_a_date_is_the_same_however_it_is_written(text: str) -> None:
    assert date_time(text) == AT


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("04/03/2026 09:00", "dmy", AT + 86_400),
        ("03/04/2026 09:00", "mdy", AT + 86_400),
        ("26/03/04 09:00", "ymd", AT + 86_400),
        ("15/03/2026 09:00", None, AT + 12 * 86_400),
        ("03/15/2026 09:00", None, AT + 12 * 86_400),
        ("04.03.2026 09:00", "mdy", AT + 86_400),
        ("03/03/2026 12:00 PM", None, AT + 3 * 3600),
        ("03/03/2026 12:00 AM", None, AT - 9 * 3600),
        ("03/03/2026", None, AT - 9 * 3600),
    ],
)
def test_the_order_of_day_and_month_is_told_or_plain(text: str, order: str | None, expected: float) -> None:
    assert date_time(text, order) == expected


def test_a_date_that_may_be_two_is_none() -> None:
    assert date_time("03/04/2026") is None
    assert is_ambiguous("03/04/2026")
    assert not any(map(is_ambiguous, ("03/03/2026", "31/12/2026", "soon", "3.4.2026")))


@pytest.mark.parametrize(
    "text",
    ["", "soon", "31/31/2026", "03/15/2026 09:00 Uhr", "3/3/2026 25:00", "3/3/2026 13:00 PM", "Foo 3, 2026", "1/2"],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert date_time(text) is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("dmy", "dmy"),
        ("M/D/Y", "mdy"),
        ("DD.MM.YYYY", "dmy"),
        ("%m/%d/%Y %H:%M", "mdy"),
        ("yyyy-mm-dd", "ymd"),
        ("", None),
        ("day first", None),
        ("dm", None),
    ],
)
def test_an_order_is_read_from_any_pattern(text: str, order: str | None) -> None:
    assert order_of(text) == order
