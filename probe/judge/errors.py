"""Suppression errors: living recipients suppressed, and gone recipients kept."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

from probe.judge.interval import interval, share


@dataclass
class ErrorCounts:
    """Recipients that are alive or gone, and how many of each a classifier is wrong about.

    A living recipient is wrongly suppressed; a dead one is missed if it is kept. Suppression policies count messages
    in the same way.
    """

    alive: int = 0
    wrongly_suppressed: int = 0
    gone: int = 0
    missed_dead: int = 0

    def count(self, *, alive: bool, suppressed: bool, recipients: int = 1) -> None:
        """Count a recipient, or several alike."""
        if alive:
            self.alive += recipients
            self.wrongly_suppressed += recipients * suppressed
        else:
            self.gone += recipients
            self.missed_dead += recipients * (not suppressed)

    @property
    def wrongly_suppressed_rate(self) -> float:
        """The share of the living that is suppressed, to six places."""
        return share(self.wrongly_suppressed, self.alive)

    @property
    def wrongly_suppressed_interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of that share."""
        return interval(self.wrongly_suppressed, self.alive)

    @property
    def missed_dead_rate(self) -> float:
        """The share of the gone that is kept, to six places."""
        return share(self.missed_dead, self.gone)

    @property
    def missed_dead_interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval of that share."""
        return interval(self.missed_dead, self.gone)

    def __add__(self, other: Self) -> Self:
        """Add the counts of other recipients."""
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))


def is_error(*, alive: bool, suppressed: bool) -> bool:
    """Whether a living recipient is suppressed, or a gone one kept."""
    return alive is suppressed
