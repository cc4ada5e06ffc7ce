"""The progress of a run, lane by lane."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from probe.records.attempt import Attempt, Outcome

FLUSH_EVERY: Final = 100
"""Attempts between two reports of progress: often enough to watch, seldom enough to cost nothing."""


class Step(NamedTuple):
    """The outcome of an attempt in a lane, and whether its delivery is final."""

    lane: str
    outcome: str
    final: bool


Steps = Counter[Step]
OnSteps = Callable[[Steps], None]


class StepCounter:
    """Counts attempts, and passes the counts on after every FLUSH_EVERY attempts."""

    def __init__(self, on_steps: OnSteps) -> None:
        self._on_steps = on_steps
        self._steps: Steps = Counter()
        self._unreported = 0

    def count(self, lane: str, attempt: Attempt, *, final: bool) -> None:
        """Count an attempt."""
        self._steps[Step(lane, attempt.outcome, final)] += 1
        self._unreported += 1
        if self._unreported >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Pass on the counts since the last time, if there are any."""
        if self._unreported:
            self._on_steps(self._steps)
            self._steps, self._unreported = Counter(), 0


@dataclass
class LaneCounts:
    """The counts of a lane's deliveries. ``deferrals`` are attempts that were not the last of their delivery."""

    planned: int = 0
    delivered: int = 0
    refused: int = 0
    given_up: int = 0
    attempts: int = 0
    deferrals: int = 0

    def add(self, other: LaneCounts) -> None:
        """Add the counts of another lane."""
        for name, count in vars(other).items():
            setattr(self, name, getattr(self, name) + count)

    @property
    def finished(self) -> int:
        """Deliveries that are final."""
        return self.delivered + self.refused + self.given_up

    @property
    def queued(self) -> int:
        """Deliveries that are not final yet."""
        return self.planned - self.finished


@dataclass
class Progress:
    """The counts of all lanes, by name."""

    lanes: dict[str, LaneCounts] = field(default_factory=dict)

    def plan(self, lane: str, deliveries: int) -> None:
        """Add planned deliveries to a lane."""
        self.lanes.setdefault(lane, LaneCounts()).planned += deliveries

    @property
    def deliveries(self) -> int:
        """The number of planned deliveries."""
        return sum(lane.planned for lane in self.lanes.values())

    def take(self, steps: Steps) -> int:
        """Count steps; return how many deliveries became final."""
        finished = 0
        for step, count in steps.items():
            counts = self.lanes.setdefault(step.lane, LaneCounts())
            counts.attempts += count
            if not step.final:
                counts.deferrals += count
                continue
            finished += count
            match step.outcome:
                case Outcome.DELIVERED:
                    counts.delivered += count
                case Outcome.REFUSED:
                    counts.refused += count
                case _:
                    counts.given_up += count
        return finished
