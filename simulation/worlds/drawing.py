"""What all draws of a world share: the random numbers, the features wanted and those that came true."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from simulation.worlds.features import FEATURES, swarm

T = TypeVar("T")
_KNOWN: Final = frozenset(FEATURES)


@dataclass
class Drawing:
    """A world that is being drawn. The order of the draws is fixed, so that a seed always gives the same world."""

    seed: str
    rng: random.Random = field(init=False)
    wanted: frozenset[str] = field(init=False)
    features: set[str] = field(default_factory=set)
    files: dict[str, str | bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(f"world:{self.seed}")
        self.wanted = swarm(self.rng)

    def note(self, feature: str) -> None:
        """Note that the world has a feature. Raises KeyError for one that is not in the list."""
        if feature not in _KNOWN:
            raise KeyError(feature)
        self.features.add(feature)

    def wants(self, feature: str) -> bool:
        """Whether the world may have a feature. Raises KeyError for one that is not in the list."""
        if feature not in _KNOWN:
            raise KeyError(feature)
        return feature in self.wanted

    def has(self, feature: str, chance: float = 1.0) -> bool:
        """Draw whether a place that could have a feature does, and note it."""
        found = self.wants(feature) and (chance >= 1.0 or self.rng.random() < chance)
        if found:
            self.note(feature)
        return found

    def wanted_of(self, features: Iterable[str]) -> list[str]:
        """Return those of some features that the world may have, in order."""
        return [feature for feature in features if self.wants(feature)]

    def one_of(self, *features: str) -> str | None:
        """Choose one of those that are wanted, and note it; None if there is none."""
        wanted = self.wanted_of(features)
        if not wanted:
            return None
        found = self.rng.choice(wanted)
        self.note(found)
        return found

    def choice(self, values: Sequence[T]) -> T:
        """Choose one."""
        return self.rng.choice(values)

    def some(self, values: Sequence[T], most: int) -> list[T]:
        """Choose one to ``most`` different ones, in their order."""
        chosen = self.rng.sample(range(len(values)), self.rng.randint(1, min(most, len(values))))
        return [values[index] for index in sorted(chosen)]

    def share(self, low: float = 0.05, high: float = 1.0) -> float:
        """Draw a share with two digits; sometimes one of its ends."""
        if self.rng.random() < 0.06:
            return self.rng.choice((low, high))
        return round(self.rng.uniform(low, high), 2)

    def duration(self, shortest: float, longest: float) -> str:
        """Draw a time; short and long ones are equally likely."""
        return duration(shortest * (longest / shortest) ** self.rng.random())

    def rate(self, most: int, windows: Sequence[str] = ("1s", "10s", "1m", "10m", "1h", "1d")) -> str:
        """Draw a rate of one to ``most`` in a window."""
        return f"{self.rng.randint(1, most)}/{self.rng.choice(windows)}"

    def period(self, latest: float = 21_600.0) -> dict[str, str]:
        """Draw a time from the start of the scenario, with an end, a beginning, or both."""
        begins, ends = sorted(round(self.rng.uniform(1, latest)) for _ in range(2))
        kind = self.rng.randrange(3)
        found = {} if kind == 0 else {"from": duration(begins)}
        return found if kind == 1 else {**found, "until": duration(ends + 1)}


def duration(seconds: float) -> str:
    """Write a time as scenario files do."""
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))}ms"
    whole = round(seconds)
    for unit, size in (("d", 86400), ("h", 3600), ("m", 60)):
        if whole % size == 0:
            return f"{whole // size}{unit}"
    return f"{whole}s"


Table = dict[str, Any]
