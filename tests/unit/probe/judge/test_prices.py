"""What mistakes cost at the user's own prices."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.judge.prices import Cost, cost, read_prices
from probe.scenario.prices import Prices


def test_without_prices_nothing_costs_anything() -> None:
    assert cost(Prices(), living_suppressed=9, dead_kept=9, kept=20) == Cost()


@pytest.mark.parametrize(("dead", "paid"), [(2, 0.0), (3, 500.0)])
def test_reputation_is_paid_for_once_above_the_rate(dead: int, paid: float) -> None:
    prices = Prices(reputation=500.0, above=0.02)
    assert cost(prices, living_suppressed=0, dead_kept=dead, kept=100).reputation == paid


def test_the_command_line_overrules_the_scenario() -> None:
    assert read_prices(["living=25"], Prices(living=1.0, dead=2.0)) == Prices(living=25.0, dead=2.0)


@pytest.mark.parametrize("text", ["living", "living=", "living=x", "living=-1", "living=nan", "mine=3", "above=2"])
def test_what_is_no_price_is_told_with_examples(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_prices([text], Prices())
    sentence = f"--price {text}: is no price; write living=25, dead=0.05, reputation=500 or above=0.02"
    assert str(caught.value) == sentence
