"""Final replies in the order they came: which ones refused, and where a run of refusals begins and ends."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from typing import Final, NamedTuple

NO_INDEXES: Final = array("I")
"""In place of indexes, where there are none. Nothing is ever added to it."""


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


class ReplySeries:
    """Acceptances and permanent refusals, in order of time. Temporary refusals are left out: they decide nothing.

    It is a view of the times of all replies: those whose indexes are ``left_out`` do not count. ``refused`` are the
    indexes, among those that count, of the refusals. All other methods take and return such indexes.
    """

    __slots__ = ("_left_out", "_refused", "_times")

    def __init__(self, times: array[float], refused: array[int], left_out: array[int] = NO_INDEXES) -> None:
        self._times = times
        self._refused = refused
        self._left_out = left_out

    def __len__(self) -> int:
        """Return the number of replies."""
        return len(self._times) - len(self._left_out)

    @property
    def refused(self) -> int:
        """The number of refusals."""
        return len(self._refused)

    def leave_out(self, index: int) -> None:
        """Leave out a reply, the last of all."""
        self._left_out.append(index)

    def refuse(self, index: int) -> None:
        """Count a reply, the last of all, as a refusal."""
        self._refused.append(self.among(index))

    def among(self, index: int) -> int:
        """Return the index that a reply has here, given its index among all replies."""
        return index - bisect_left(self._left_out, index) if self._left_out else index

    def at(self, index: int) -> float:
        """Return the time of a reply."""
        if self._left_out:
            out = self._left_out
            index += bisect_right(range(len(out)), index, key=lambda place: out[place] - place)
        return self._times[index]

    def first_since(self, at: float) -> int:
        """Return the index of the first reply at a time or later."""
        return self.among(bisect_left(self._times, at))

    def first_after(self, at: float) -> int:
        """Return the index of the first reply later than a time."""
        return self.among(bisect_right(self._times, at))

    def count(self, low: int, high: int) -> tuple[int, int]:
        """Return the numbers of refusals and of replies from index ``low`` up to, not including, ``high``."""
        low, high = max(0, low), min(len(self), high)
        return bisect_left(self._refused, high) - bisect_left(self._refused, low), high - low

    def neighbours(self, index: int, near: int) -> tuple[int, int]:
        """Return the numbers of refusals and of replies among the ``near`` ones on either side of a refusal."""
        refused, replies = self.count(index - near, index + near + 1)
        return refused - 1, replies - 1

    def run(self, index: int) -> RefusalRun:
        """Return the run of refusals that the refusal at an index is part of."""
        refused = self._refused
        place = bisect_left(refused, index)

        def accepted_so_far(place: int) -> int:
            return refused[place] - place

        # No acceptance comes between the refusals of one run.
        begin = bisect_left(range(place), index - place, key=accepted_so_far)
        end = bisect_right(range(len(refused)), index - place, place, key=accepted_so_far)
        first, last = refused[begin], refused[end - 1]
        return RefusalRun(
            length=end - begin,
            first=self.at(first),
            last=self.at(last),
            accepted_before=self.at(first - 1) if first else None,
            accepted_after=self.at(last + 1) if last + 1 < len(self) else None,
        )

    def between(self, since: float, until: float) -> tuple[int, int]:
        """Return the numbers of refusals and of replies from one time to another, both included."""
        return self.count(self.first_since(since), self.first_after(until))
