"""Which suppression policy is the cheapest, at given prices or at any prices, and which a plain rule beats."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from probe.input_error import InputError
from probe.judge.frontier import Point, Winner, dominates, frontier
from probe.judge.prices import parse_prices
from probe.judge.scorecard import NAIVE
from probe.studies.suppression.policies import NEVER
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


def choices(outcomes: Iterable[PolicyOutcome]) -> list[Winner[PolicyOutcome]]:
    """Return the policies that are the cheapest at some price of a message missed, in messages to dead addresses."""
    return frontier(map(_point, outcomes))


def beaten_by_plain(outcomes: Sequence[PolicyOutcome]) -> list[tuple[PolicyOutcome, list[PolicyOutcome]]]:
    """Return plain rules, each with the policies of cleverer classifiers that it dominates.

    Plain rules are those that count bounces by reply code, and to suppress nobody. A policy that several dominate is
    named with the one that loses the fewest messages to the living.
    """
    plain = [each for each in outcomes if each.classifier == NAIVE or each.policy == NEVER]
    plain.sort(key=lambda each: (each.total.lost_delivered, each.total.missed_dead))
    clever = [_point(each) for each in outcomes if each.classifier != NAIVE and each.policy != NEVER]
    found = []
    for rule in map(_point, plain):
        beaten = [each for each in clever if dominates(rule, each)]
        clever = [each for each in clever if each not in beaten]
        if beaten:
            found.append((rule.way, [each.way for each in beaten]))
    return found


def _point(outcome: PolicyOutcome) -> Point[PolicyOutcome]:
    total = outcome.total
    return Point(outcome, total.lost_delivered, total.missed_dead, total.retests)
