"""What mistakes cost at the user's own prices."""

from __future__ import annotations

import pytest

from probe.input_error import InputError
from probe.judge.prices import Cost, cost, mistake_prices, parse_prices
from probe.scenario.prices import MistakePrices


def test_without_prices_nothing_costs_anything() -> None:
    assert cost(MistakePrices(), living_suppressed=9, dead_kept=9, kept=20) == Cost()


@pytest.mark.parametrize(("dead", "paid"), [(2, 0.0), (3, 500.0)])
def test_reputation_is_paid_for_once_above_the_rate(dead: int, paid: float) -> None:
    prices = MistakePrices(reputation=500.0, above=0.02)
    assert cost(prices, living_suppressed=0, dead_kept=dead, kept=100).reputation == paid


def test_the_command_line_overrules_the_scenario() -> None:
    assert mistake_prices(["living=25"], MistakePrices(living=1.0, dead=2.0)) == MistakePrices(living=25.0, dead=2.0)


@pytest.mark.parametrize(
    "options", [["living=25,dead=0.05"], ["living=25", "dead=0.05"], ["dead=9, living=25,dead=0.05"]]
)
def test_prices_are_separated_by_commas_or_given_in_several_options(options: list[str]) -> None:
    assert parse_prices(options, ("living", "dead")) == {"living": 25.0, "dead": 0.05}


@pytest.mark.parametrize(
    "text", ["", "living", "living=", "living=x", "living=-1", "living=nan", "living=inf", "mine=3", "above=2"]
)
def test_an_error_about_a_price_gives_an_example(text: str) -> None:
    with pytest.raises(InputError) as caught:
        mistake_prices([text], MistakePrices())
    sentence = (
        f"--price {text}: is not a price; write for example living=25,dead=0.05,reputation=500,above=0.02,unseen=0.10"
    )
    assert str(caught.value) == sentence
