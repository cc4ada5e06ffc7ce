"""Final replies in the order they came: which ones refused, and where a run of refusals begins and ends."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple


class RefusalRun(NamedTuple):
    """Consecutive refusals. All times are in seconds since the epoch.

    Attributes:
        length: The number of refusals.
        first: The time of the first refusal.
        last: The time of the last refusal.
        accepted_before: The time of the acceptance before the run, None if there is none.
        accepted_after: The time of the acceptance after the run, None if there is none.
    """

    length: int
    first: float
    last: float
    accepted_before: float | None
    accepted_after: float | None


@dataclass(slots=True)
class ReplySeries:
    """Acceptances and permanent refusals, in order of time. Temporary refusals are left out: they decide nothing."""

    times: list[float] = field(default_factory=list)
    """The time of each reply, in seconds since the epoch."""
    accepted: list[int] = field(default_factory=list)
    """The indexes of the acceptances."""

    def add(self, at: float, *, accepted: bool) -> int:
        """Append a reply, which must be later than the others; return its index."""
        index = len(self.times)
        self.times.append(at)
        if accepted:
            self.accepted.append(index)
        return index

    @property
    def refused(self) -> int:
        """The number of refusals."""
        return len(self.times) - len(self.accepted)

    def count(self, low: int, high: int) -> tuple[int, int]:
        """Return the numbers of refusals and of replies from index ``low`` up to, not including, ``high``."""
        low, high = max(0, low), min(len(self.times), high)
        replies = high - low
        return replies - (bisect_left(self.accepted, high) - bisect_left(self.accepted, low)), replies

    def neighbours(self, index: int, near: int) -> tuple[int, int]:
        """Return the numbers of refusals and of replies among the ``near`` ones on either side of a refusal."""
        refused, replies = self.count(index - near, index + near + 1)
        return refused - 1, replies - 1

    def run(self, index: int) -> RefusalRun:
        """Return the run of refusals that the refusal at an index is part of."""
        after = bisect_left(self.accepted, index)
        last = self.accepted[after] - 1 if after < len(self.accepted) else len(self.times) - 1
        first = self.accepted[after - 1] + 1 if after else 0
        return RefusalRun(
            length=last - first + 1,
            first=self.times[first],
            last=self.times[last],
            accepted_before=self.times[first - 1] if first else None,
            accepted_after=self.times[last + 1] if last + 1 < len(self.times) else None,
        )

    def between(self, since: float, until: float) -> tuple[int, int]:
        """Return the numbers of refusals and of replies from one time to another, both included."""
        return self.count(bisect_left(self.times, since), bisect_right(self.times, until))
