"""What mistakes cost: the user's own prices, in any currency."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from probe.input_error import InputError
from probe.scenario.prices import Prices


@dataclass
class Cost:
    """What a classifier's mistakes cost at the prices given."""

    living: float = 0.0
    dead: float = 0.0
    reputation: float = 0.0
    total: float = 0.0


def cost(prices: Prices, *, living_suppressed: int, dead_kept: int, kept: int) -> Cost:
    """Return the cost of these mistakes among as many kept recipients."""
    reputation = prices.reputation if kept and dead_kept / kept > prices.above else 0.0
    living, dead = living_suppressed * prices.living, dead_kept * prices.dead
    return Cost(round(living, 2), round(dead, 2), reputation, round(living + dead + reputation, 2))


def read_prices(wanted: list[str], given: Prices) -> Prices:
    """Return prices with those of the command line in place of the others, such as ``living=25``; raises InputError."""
    values = given.model_dump()
    for text in wanted:
        name, _, number = text.partition("=")
        try:
            value = float(number)
        except ValueError:
            value = float("nan")
        if name not in values or not isfinite(value) or value < 0 or (name == "above" and value > 1):
            problem = "is no price"
            raise InputError(f"--price {text}", problem, "write living=25, dead=0.05, reputation=500 or above=0.02")
        values[name] = value
    return Prices.model_construct(**values)
