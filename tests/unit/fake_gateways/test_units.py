"""Durations, rates and sizes as people write them."""

from __future__ import annotations

import pytest

from fake_gateways.units import PerTime, parse_duration, parse_rate, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("250ms", 0.25), ("90s", 90.0), ("5m", 300.0), (" 1.5 h ", 5400.0), ("2 d", 172800.0), ("0s", 0.0)],
)
def test_a_duration_is_read_in_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("text", "rate"),
    [("120/10m", PerTime(120, 600.0)), ("25 / 1s", PerTime(25, 1.0)), (" 1/0.5d ", PerTime(1, 43200.0))],
)
def test_a_rate_is_read_as_a_count_within_seconds(text: str, rate: PerTime) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("512 B", 512),
        ("500kB", 500_000),
        ("500 KB", 500_000),
        ("10 MB", 10_000_000),
        ("1.5 MiB", 1_572_864),
        ("4KiB", 4096),
        ("2 GB", 2_000_000_000),
        ("4.1 MB", 4_100_000),
        ("1.001 kB", 1001),
    ],
)
def test_a_size_is_read_in_octets(text: str, octets: int) -> None:
    assert parse_size(text) == octets


@pytest.mark.parametrize("value", [5, 5.0, None, True, "", "5", "m", "-5m", "5 minutes", "5M", "1e3s", "5m5s", ["5m"]])
def test_a_duration_without_a_proper_unit_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(ValueError, match='write for example "90s"'):
        parse_duration(value)


@pytest.mark.parametrize(
    "value", [120, "120", "120/10", "0/1s", "5/0s", "1.5/1s", "/1m", "120 per 10m", "9" * 5_000 + "/1m"]
)
def test_a_rate_of_nothing_or_within_no_time_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(ValueError, match='write for example "120/10m"'):
        parse_rate(value)


@pytest.mark.parametrize("value", [10, "10", "10 mb", "-1 MB", "10 TB", "MB", "9" * 400 + " MB"])
def test_a_size_without_a_proper_unit_is_refused_with_an_example(value: object) -> None:
    with pytest.raises(ValueError, match='write for example "500 kB"'):
        parse_size(value)
