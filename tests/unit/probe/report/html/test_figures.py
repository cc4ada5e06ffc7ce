"""Percentages and intervals as the report writes them."""

from __future__ import annotations

import pytest

from probe.report.html.figures import interval_of, percent, within


@pytest.mark.parametrize(
    ("interval", "text"),
    [
        ((0.072, 0.083), "7.2-8.3%"),
        ((0.0, 0.0004), "0.00-0.04%"),
        ((0.0, 0.00004), "0.000-0.004%"),
        ((0.99, 1.0), "99.0-100.0%"),
        ((0.0, 1.0), "0.0-100.0%"),
    ],
)
def test_an_interval_has_enough_digits_to_be_more_than_zeros(interval: tuple[float, float], text: str) -> None:
    assert interval_of(interval) == text


def test_a_share_is_followed_by_its_interval() -> None:
    assert percent(0.6) == "60.0%"
    assert within(0.6, (0.231, 0.882)) == "60.0% (23.1-88.2%)"
