"""Times of log lines, some without a year and most without a time zone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from probe.intake.reading.lines import UnreadableError
from probe.intake.reading.log_times import When, YearlessDates, iso_time


def at(text: str) -> float:
    """Return a time of UTC in seconds since the epoch."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


NINE = at("2026-03-03T09:00:03")


@pytest.mark.parametrize(
    ("text", "zone", "seconds"),
    [
        ("2026-03-03T09:00:03", "Z", NINE),
        ("2026-03-03 09:00:03", "UTC", NINE),
        ("2026/03/03 10:00:03,250", "+01:00", NINE + 0.25),
        ("2026-03-03T04:00:03.123456789", "-0500", NINE + 0.123456),
    ],
)
def test_a_time_with_a_zone_is_certain(text: str, zone: str, seconds: float) -> None:
    assert iso_time(text, zone, When(1.0, has_zone=True)) == When(seconds, has_zone=True)


@pytest.mark.parametrize(
    ("around", "expected"),
    [
        (When(), When(NINE)),
        (When(NINE - 3600), When(NINE)),  # itself without a zone
        (When(NINE + 0.5, has_zone=True), When(NINE, has_zone=True)),
        (When(NINE - 3600 + 0.5, has_zone=True), When(NINE - 3600, has_zone=True)),
        (When(NINE + 5.5 * 3600 + 59, has_zone=True), When(NINE + 5.5 * 3600, has_zone=True)),
        (When(NINE + 300, has_zone=True), When(NINE)),  # five minutes are no zone
        (When(NINE + 20 * 3600, has_zone=True), When(NINE)),
    ],
)
def test_a_time_without_a_zone_is_in_that_of_the_time_around_it(around: When, expected: When) -> None:
    assert iso_time("2026-03-03T09:00:03", "", around) == expected
    assert YearlessDates(2026).read("Mar  3 09:00:03", "", around) == expected


def test_a_date_without_a_year_is_of_the_year_of_the_time_around_it() -> None:
    dates = YearlessDates(2030)
    assert dates.read("Dec 31 23:59:59", ".5", When(at("2027-01-01T00:00:00"), has_zone=True)) == When(
        at("2026-12-31T23:59:59") + 0.5, has_zone=True
    )
    assert dates.read("Feb 29 12:00:00", "", When(at("2024-02-29T12:00:00"))) == When(at("2024-02-29T12:00:00"))


def test_without_any_year_the_time_is_unknown() -> None:
    assert YearlessDates(None).read("Mar  3 09:00:03", "", When()) == When()


@pytest.mark.parametrize("around", [When(), When(NINE, has_zone=True)])
def test_what_is_no_date_is_told(around: When) -> None:
    with pytest.raises(UnreadableError, match=r"'Feb 30 08:00:01' is not a date"):
        YearlessDates(2026).read("Feb 30 08:00:01", "", around)
    with pytest.raises(UnreadableError, match=r"'2026-02-30T08:00:01Z' is not a time"):
        iso_time("2026-02-30T08:00:01", "Z", around)
