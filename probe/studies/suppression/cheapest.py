"""Which suppression policy is the cheapest, at given prices or at any prices."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from probe.input_error import InputError
from probe.judge.prices import parse_prices
from probe.studies.suppression.replay import PolicyOutcome


class MessagePrices(NamedTuple):
    """The price of a message that a living reader misses, and of one that is sent to a dead address."""

    living: float
    dead: float

    def cost(self, outcome: PolicyOutcome) -> float:
        """Return the cost of a policy."""
        total = outcome.total
        return self.living * total.lost_delivered + self.dead * total.missed_dead


def message_prices(options: Sequence[str]) -> MessagePrices:
    """Read ``--price`` options, which must give both prices; raises InputError."""
    given = parse_prices(options, MessagePrices._fields)
    missing = [name for name in MessagePrices._fields if name not in given]
    if missing:
        place = f"--price {','.join(options)}"
        raise InputError(place, f"gives no price for {missing[0]}", "write for example living=25,dead=0.05")
    return MessagePrices(**given)


class Choice(NamedTuple):
    """Policies with the same result, and the price from which on they are the cheapest.

    ``above`` is the least price of a message that a living reader misses, in messages to dead addresses.
    """

    outcomes: tuple[PolicyOutcome, ...]
    above: float


def choices(outcomes: Iterable[PolicyOutcome]) -> list[Choice]:
    """Return the policies that are the cheapest at some price, the strictest first.

    They are the lower convex hull of messages to dead addresses over messages missed.
    """
    alike: dict[tuple[int, int], list[PolicyOutcome]] = {}
    for outcome in outcomes:
        total = outcome.total
        alike.setdefault((total.missed_dead, total.lost_delivered), []).append(outcome)
    hull: list[tuple[int, int]] = []
    for point in sorted(alike):
        if hull and point[1] >= hull[-1][1]:
            continue
        while len(hull) > 1 and _price(hull[-1], point) <= _price(hull[-2], hull[-1]):
            hull.pop()
        hull.append(point)
    above = [0.0, *(_price(one, next_) for one, next_ in pairwise(hull))]
    return [Choice(tuple(alike[point]), price) for point, price in zip(hull, above, strict=True)]


def _price(one: tuple[int, int], other: tuple[int, int]) -> float:
    """Return the price of a missed message at which two policies cost the same."""
    return (other[0] - one[0]) / (one[1] - other[1])
