"""Prices in words."""

from __future__ import annotations

import pytest

from probe.report.prices import price_range, price_text


@pytest.mark.parametrize(
    ("number", "text"), [(0.0481, "0.048"), (1.5, "1.5"), (9.96, "10"), (10.0, "10"), (10.4, "10"), (1234.5, "1,234")]
)
def test_a_price_has_two_significant_digits_or_no_decimals(number: float, text: str) -> None:
    assert price_text(number) == text


@pytest.mark.parametrize(
    ("above", "below", "text"),
    [(0.0, 0.5, "below 0.5"), (0.5, 7.2, "0.5 to 7.2"), (7.2, None, "from 7.2"), (0.0, None, "at any price")],
)
def test_a_range_of_prices_may_be_open_at_both_ends(above: float, below: float | None, text: str) -> None:
    assert price_range(above, below) == text
