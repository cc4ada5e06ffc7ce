"""Measures intervals and alarm in generated worlds, as a document."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any, Final, NamedTuple

from probe.judge.interval import wilson
from probe.placement.alarm import DROP, LEARNS, Watch
from probe.placement.share import Interval, Seeds, interval
from probe.studies.placement.worlds import Day, drawn_world

SIZES: Final = ((6, 3), (12, 4), (24, 6), (24, 12), (48, 12), (96, 24))
"""Numbers of seeds, and of the providers at which they are."""
ALIKE: Final = (0.0, 0.05, 0.2, 0.5, 0.9)
"""How alike the seeds of a provider are, from not at all to nearly always in the same folder."""
SHARES: Final = (0.3, 0.99)
"""The true shares are drawn between these."""
USUAL: Final = (0.95, 0.9, 0.8)
DAYS_ALIKE: Final = (0.0, 0.1)
SEEDS, PROVIDERS = 24, 6
YEAR: Final = 365
WITHIN: Final = 3
"""Days within which a fall is to be found."""
_WARM: Final = 90
"""Days before a fall."""
_LONGEST: Final = 30

OnDone = Callable[[int], None]


class Fall(NamedTuple):
    """A fall by 15 points: what it leaves of each provider's share."""

    name: str
    left: Callable[[float], Sequence[float]]


FALLS: Final = (
    Fall("everywhere", lambda usual: [(usual - DROP) / usual] * PROVIDERS),
    Fall("one provider", lambda usual: [max(1 - DROP * PROVIDERS / usual, 0.0), *[1.0] * (PROVIDERS - 1)]),
)


def summary(seed: int, worlds: int, years: int, tell: OnDone = lambda _: None) -> dict[str, Any]:
    """Return all figures. ``tell`` gets the parts of the work that are done; there are ``parts()``."""
    rng = random.Random(seed)  # noqa: S311 - must be repeatable
    intervals = []
    for seeds, providers in SIZES:
        intervals.append(_coverage(seeds, providers, worlds, rng))
        tell(1)
    alarms = []
    for usual, alike in product(USUAL, DAYS_ALIKE):
        alarms.append(_alarm(usual, alike, years, rng))
        tell(1)
    return {"seed": seed, "worlds": worlds, "years": years, "intervals": intervals, "alarms": alarms}


def parts() -> int:
    """Return of how many parts the work is."""
    return len(SIZES) + len(USUAL) * len(DAYS_ALIKE)


def _coverage(seeds: int, providers: int, worlds: int, rng: random.Random) -> dict[str, Any]:
    covered = dict.fromkeys(ALIKE, 0)
    width = error = 0.0
    for _ in range(worlds):
        for alike in ALIKE:
            world = drawn_world(rng.uniform(*SHARES), alike, rng)
            shown = world.seeds(providers, seeds, rng)
            low, high = _interval(tuple(sorted(shown)))
            covered[alike] += low <= world.true_share <= high
            width += high - low
            error += abs(sum(each.inbox for each in shown) / seeds - world.true_share)
    number = worlds * len(ALIKE)
    return {
        "seeds": seeds,
        "providers": providers,
        "covered": _share(sum(covered.values()), number),
        "by_alike": {f"{alike:g}": _share(hits, worlds) for alike, hits in covered.items()},
        "width": round(width / number, 4),
        "error": round(error / number, 4),
    }


@lru_cache(100_000)
def _interval(shown: tuple[Seeds, ...]) -> Interval:
    return interval(shown)


def _alarm(usual: float, alike: float, years: int, rng: random.Random) -> dict[str, Any]:
    each = SEEDS // PROVIDERS
    well = {f"provider {number}": Day(usual, alike, each) for number in range(PROVIDERS)}
    watch, false, was_raised = Watch(), 0, False
    for _ in range(years * YEAR):
        is_raised = watch.take(_drawn(well, rng)).is_raised
        false += is_raised and not was_raised
        was_raised = is_raised
    falls = {}
    for fall in FALLS:
        after = {name: Day(usual * left, alike, each) for name, left in zip(well, fall.left(usual), strict=True)}
        falls[fall.name] = _found([_days_until(well, after, rng) for _ in range(years)])
    return {"usual": usual, "alike": alike, "false_a_year": round(false / years, 4), "falls": falls}


def _drawn(days: Mapping[str, Day], rng: random.Random) -> dict[str, Seeds]:
    return {name: day.draw(rng) for name, day in days.items()}


def _days_until(well: Mapping[str, Day], after: Mapping[str, Day], rng: random.Random) -> int:
    """Return after how many days a fall raises the alarm, one more than the longest if it does not."""
    watch = Watch()
    for _ in range(LEARNS + _WARM):
        watch.take(_drawn(well, rng))
    return next((day for day in range(1, _LONGEST + 1) if watch.take(_drawn(after, rng)).is_raised), _LONGEST + 1)


def _found(days: Sequence[int]) -> dict[str, Any]:
    return {
        "within_three_days": _share(sum(each <= WITHIN for each in days), len(days)),
        "median_days": sorted(days)[len(days) // 2],
        "mean_days": round(sum(days) / len(days), 2),
    }


def _share(hits: int, of: int) -> dict[str, Any]:
    low, high = wilson(hits, of)
    return {"value": round(hits / of, 4), "low": round(low, 4), "high": round(high, 4), "of": of}
