"""How far a run has come, lane by lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from probe.records.attempt import Attempt, Outcome

TELL_EVERY: Final = 100
"""Attempts between two tellings: often enough for somebody who watches, seldom enough to cost nothing."""


class Step(NamedTuple):
    """What an attempt in a lane came to, and whether its delivery is finished with."""

    lane: str
    outcome: str
    final: bool


Steps = Counter[Step]
Tell = Callable[[Steps], None]


class Counting:
    """Counts attempts, and tells of them now and then."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell
        self._steps: Steps = Counter()
        self._untold = 0

    def note(self, lane: str, attempt: Attempt, *, final: bool) -> None:
        """Count an attempt."""
        self._steps[Step(lane, attempt.outcome, final)] += 1
        self._untold += 1
        if self._untold >= TELL_EVERY:
            self.tell()

    def tell(self) -> None:
        """Tell what was not told yet."""
        if self._untold:
            self._tell(self._steps)
            self._steps, self._untold = Counter(), 0


@dataclass
class Standing:
    """Where the deliveries of a lane stand. ``deferrals`` are attempts that were not the last."""

    planned: int = 0
    delivered: int = 0
    refused: int = 0
    given_up: int = 0
    attempts: int = 0
    deferrals: int = 0

    def add(self, other: Standing) -> None:
        """Add another's counts."""
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)

    @property
    def finished(self) -> int:
        """Deliveries that are finished with."""
        return self.delivered + self.refused + self.given_up

    @property
    def queued(self) -> int:
        """Deliveries that are not."""
        return self.planned - self.finished


@dataclass
class Progress:
    """The standings of all lanes."""

    lanes: dict[str, Standing] = field(default_factory=dict)

    def plan(self, lane: str, deliveries: int) -> None:
        """Note how many deliveries a lane has."""
        self.lanes.setdefault(lane, Standing()).planned += deliveries

    def take(self, steps: Steps) -> int:
        """Take note of steps; return how many deliveries they finished."""
        finished = 0
        for step, count in steps.items():
            standing = self.lanes.setdefault(step.lane, Standing())
            standing.attempts += count
            if not step.final:
                standing.deferrals += count
                continue
            finished += count
            match step.outcome:
                case Outcome.DELIVERED:
                    standing.delivered += count
                case Outcome.REFUSED:
                    standing.refused += count
                case _:
                    standing.given_up += count
        return finished
