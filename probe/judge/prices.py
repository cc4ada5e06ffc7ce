"""What mistakes cost, and how prices are written on the command line."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from math import isfinite
from typing import Final

from probe.input_error import InputError
from probe.scenario.prices import MistakePrices

_EXAMPLES: Final = {"living": "25", "dead": "0.05", "reputation": "500", "above": "0.02", "unseen": "0.10"}


@dataclass
class Cost:
    """What a classifier's mistakes cost, in the user's currency."""

    living: float = 0.0
    dead: float = 0.0
    reputation: float = 0.0
    total: float = 0.0


def cost(prices: MistakePrices, *, living_suppressed: int, dead_kept: int, kept: int) -> Cost:
    """Return the cost of a classifier's mistakes; ``kept`` counts all recipients that it keeps."""
    reputation = prices.reputation if kept and dead_kept / kept > prices.above else 0.0
    living, dead = living_suppressed * prices.living, dead_kept * prices.dead
    return Cost(round(living, 2), round(dead, 2), reputation, round(living + dead + reputation, 2))


def parse_prices(options: Iterable[str], names: Collection[str]) -> dict[str, float]:
    """Read ``--price`` options such as ``living=25,dead=0.05``; a price given twice counts as given last.

    ``names`` are the prices that the command knows. Raises InputError.
    """
    prices: dict[str, float] = {}
    for text in (part.strip() for option in options for part in option.split(",")):
        name, _, number = text.partition("=")
        try:
            price = float(number)
        except ValueError:
            price = -1.0
        if name not in names or not isfinite(price) or price < 0 or (name == "above" and price > 1):
            example = ",".join(f"{each}={_EXAMPLES[each]}" for each in names)
            raise InputError(f"--price {text}", "is not a price", f"write for example {example}")
        prices[name] = price
    return prices


def mistake_prices(options: Iterable[str], scenario: MistakePrices) -> MistakePrices:
    """Return the scenario's prices, with those of ``--price`` options in their place; raises InputError."""
    given = scenario.model_dump()
    return MistakePrices.model_construct(**given | parse_prices(options, given))
