"""A rate limit over a sliding window of time, such as 120 events within the last ten minutes."""

from __future__ import annotations

from collections import deque

from fake_gateways.units import PerTime


class SlidingWindow:
    """Counts events within the last ``rate.seconds``, and compares them with ``rate.most``.

    An event leaves the window when it is exactly ``rate.seconds`` old. Times are in seconds; they are expected in
    ascending order. The latest ``kept`` events are kept: as many as it takes to compare, unless a number is given.
    """

    def __init__(self, rate: PerTime, kept: int | None = None) -> None:
        self.rate = rate
        self._events: deque[float] = deque(maxlen=kept or rate.most + 1)

    def add(self, at: float) -> None:
        """Count one event."""
        self._events.append(at)

    def count(self, at: float) -> int:
        """Return how many events are in the window at a time, of those that are kept."""
        events, seconds = self._events, self.rate.seconds
        while events and events[0] + seconds <= at:
            events.popleft()
        return len(events)

    def exceeded(self, at: float) -> bool:
        """Whether more events than the rate allows are in the window at a time."""
        return self.count(at) > self.rate.most

    def has_room_at(self, at: float) -> float:
        """Return the earliest time, ``at`` or later, at which one more event would not exceed the rate."""
        beyond = self.count(at) - self.rate.most
        return at if beyond < 0 else self._events[beyond] + self.rate.seconds
