"""Final words in the order they were heard: which were refusals, and where a run of refusals begins and ends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple


class Run(NamedTuple):
    """Refusals in a row. ``length`` counts them; ``began`` and ``ended`` are the acceptances around, None at an end.

    Times are in seconds since the epoch; ``first`` and ``last`` are those of the refusals themselves.
    """

    length: int
    first: float
    last: float
    began: float | None
    ended: float | None


@dataclass(slots=True)
class Series:
    """Words of acceptance and refusal. A temporary refusal is no final word, and is not in here."""

    times: list[float] = field(default_factory=list)
    accepted: list[int] = field(default_factory=list)
    """The places of the acceptances."""

    def add(self, at: float, *, accepted: bool) -> int:
        """Add a word, later than the others; return its place."""
        place = len(self.times)
        self.times.append(at)
        if accepted:
            self.accepted.append(place)
        return place

    @property
    def refused(self) -> int:
        """How many refusals there are."""
        return len(self.times) - len(self.accepted)

    def count(self, low: int, high: int) -> tuple[int, int]:
        """Return refusals and words from one place up to another."""
        low, high = max(0, low), min(len(self.times), high)
        words = high - low
        return words - (bisect_left(self.accepted, high) - bisect_left(self.accepted, low)), words

    def around(self, place: int, near: int) -> tuple[int, int]:
        """Return refusals and words among the nearest on either side of a word, itself not counted."""
        refused, words = self.count(place - near, place + near + 1)
        return refused - 1, words - 1

    def run(self, place: int) -> Run:
        """Return the run of refusals that a refusal stands in."""
        after = bisect_left(self.accepted, place)
        last = self.accepted[after] - 1 if after < len(self.accepted) else len(self.times) - 1
        first = self.accepted[after - 1] + 1 if after else 0
        return Run(
            last - first + 1,
            self.times[first],
            self.times[last],
            self.times[first - 1] if first else None,
            self.times[last + 1] if last + 1 < len(self.times) else None,
        )

    def between(self, since: float, until: float) -> tuple[int, int]:
        """Return refusals and words heard between two moments, both included."""
        return self.count(bisect_left(self.times, since), bisect_right(self.times, until))
