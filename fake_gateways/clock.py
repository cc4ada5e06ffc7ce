"""Clocks, passed in wherever time is needed: simulated time, and real time that may be sped up."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """The interface of a clock. Times are in seconds since the epoch, UTC."""

    def now(self) -> float:
        """Return the current time."""
        ...

    def pass_by(self, seconds: float) -> None:
        """Advance simulated time by some seconds; real time passes by itself."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait for some seconds."""
        ...

    async def until(self, at: float) -> None:
        """Wait until a time."""
        ...

    def patience(self, seconds: float) -> float:
        """Return how many real seconds to wait for a peer that should not need more than ``seconds``."""
        ...


class VirtualClock:
    """The simulated time of one lane. Waiting takes no real time.

    Transactions of a lane overlap in simulated time, but run one after another. So the clock shows the time of the
    current transaction, and may step back when the next one began earlier.
    """

    def __init__(self, starts: float) -> None:
        self._now = starts

    def now(self) -> float:
        """Return the time of the current transaction."""
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Advance by some seconds."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Advance by some seconds."""
        self.pass_by(seconds)

    async def until(self, at: float) -> None:
        """Set the clock to a time."""
        self._now = at

    def patience(self, seconds: float) -> float:
        """Return infinity. Real time decides nothing here: a process that is stopped for a while loses no reply."""
        del seconds
        return math.inf


class WallClock:
    """Real time, or time that runs ``speed`` times as fast. It begins at the scenario's start."""

    def __init__(self, starts: float, speed: float = 1.0) -> None:
        self._starts = starts
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the scenario's start plus the time since then, sped up."""
        return self._starts + (time.monotonic() - self._began) * self._speed

    def pass_by(self, seconds: float) -> None:
        """Do nothing."""

    async def sleep(self, seconds: float) -> None:
        """Wait. The real time is shorter if the clock is sped up."""
        await asyncio.sleep(seconds / self._speed)

    async def until(self, at: float) -> None:
        """Wait until a time; return at once if it has passed."""
        await self.sleep(max(0.0, at - self.now()))

    def patience(self, seconds: float) -> float:
        """Return the seconds as they are, however fast the clock runs."""
        return seconds


class Agenda(Generic[T]):
    """The discrete-event queue: events in the order of their times, and of their arrival if times are equal."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = itertools.count()

    def put(self, at: float, event: T) -> None:
        """Add an event that is due at a time."""
        heapq.heappush(self._heap, (at, next(self._order), event))

    def take(self) -> tuple[float, T]:
        """Remove and return the earliest event, with its time."""
        at, _, event = heapq.heappop(self._heap)
        return at, event

    @property
    def earliest(self) -> float:
        """The time of the earliest event, infinity if there is none."""
        return self._heap[0][0] if self._heap else math.inf

    def __len__(self) -> int:
        return len(self._heap)
