"""Time as an argument: virtual time that jumps, and the wall clock, perhaps sped up."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What everything that needs time is given. Seconds since the epoch, UTC."""

    def now(self) -> float:
        """Return the present moment."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        ...

    async def until(self, at: float) -> None:
        """Let time pass until a moment."""
        ...


class VirtualClock:
    """A lane's time. It costs nothing to let it pass.

    Transactions of one lane overlap in virtual time but are carried out one after another, so the clock
    stands at the time of the transaction in hand and may step back when the next one began earlier.
    """

    def __init__(self, starts: float) -> None:
        self._now = starts

    def now(self) -> float:
        """Return the moment of the transaction in hand."""
        return self._now

    def pass_by(self, seconds: float) -> None:
        """Move on by some seconds."""
        self._now += seconds

    async def sleep(self, seconds: float) -> None:
        """Move on by some seconds."""
        self.pass_by(seconds)

    async def until(self, at: float) -> None:
        """Stand at a moment."""
        self._now = at


class WallClock:
    """Real time, or ``speed`` times as fast, counted from the scenario's start."""

    def __init__(self, starts: float, speed: float = 1.0) -> None:
        self._starts = starts
        self._speed = speed
        self._began = time.monotonic()

    def now(self) -> float:
        """Return the scenario's start plus the (sped-up) time since."""
        return self._starts + (time.monotonic() - self._began) * self._speed

    async def sleep(self, seconds: float) -> None:
        """Wait, for a shorter time if sped up."""
        await asyncio.sleep(seconds / self._speed)

    async def until(self, at: float) -> None:
        """Wait until a moment; one that has passed is no wait."""
        await self.sleep(max(0.0, at - self.now()))


class Agenda(Generic[T]):
    """The discrete-event queue: what is due next, and in the order it was put down where moments are equal."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._order = itertools.count()

    def put(self, at: float, event: T) -> None:
        """Note an event for a moment."""
        heapq.heappush(self._heap, (at, next(self._order), event))

    def take(self) -> tuple[float, T]:
        """Remove and return the earliest event with its moment."""
        at, _, event = heapq.heappop(self._heap)
        return at, event

    def __len__(self) -> int:
        return len(self._heap)
