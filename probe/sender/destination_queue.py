"""The ways out of a lane: connections to an exchanger from one address, what waits for them, what holds it back."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.units import Rate
from probe.records.attempt import Attempt, Outcome
from probe.scenario.sending import Limit, Pause, Sender
from probe.sender.recipients import Delivery
from probe.sender.transport import Line

MOST_PAUSES: Final = 12
"""Pauses without a delivery in between, after which the sender goes on all the same."""


class Due(NamedTuple):
    """Deliveries of one transaction, waiting for round ``number``; ``first_at`` is when the first attempt began.

    ``tried`` are the addresses that would not talk in this round. A ``test`` is one more attempt after a refusal;
    when it is its turn, it ``has_a_turn``.
    """

    deliveries: tuple[Delivery, ...]
    number: int = 1
    first_at: float | None = None
    tried: frozenset[str] = frozenset()
    test: bool = False
    has_a_turn: bool = False

    @property
    def domain(self) -> str:
        """The domain of all its recipients."""
        return domain_of(self.deliveries[0].recipient)


@dataclass
class Slot:
    """A place for one connection; ``free_at`` is when its last transaction ended.

    ``connection`` is its number in the lane, ``position`` counts the transactions over it.
    """

    source: str
    line: Line | None = None
    free_at: float = 0.0
    reset: bool = False
    connection: int = 0
    position: int = 0


class Window:
    """Lets so many begin in a window of time, that slides."""

    def __init__(self, rate: Rate) -> None:
        self._rate = rate
        self._began: deque[float] = deque()

    def opens(self, at: float) -> float:
        """Return when the next may begin, ``at`` or later."""
        began = self._began
        while began and began[0] + self._rate.seconds <= at:
            began.popleft()
        return at if len(began) < self._rate.most else began[0] + self._rate.seconds

    def begin(self, at: float) -> None:
        """Note that one has begun."""
        self._began.append(at)


@dataclass
class Brake:
    """Holds back what goes to one exchanger: pauses when it refuses too often in a row."""

    pause: Pause | None
    until: float = 0.0
    refused: int = 0
    paused: int = 0

    def hear(self, attempts: Iterable[Attempt], at: float) -> None:
        """Take note of what was heard; enough refusals in a row begin a pause."""
        if self.pause is None:
            return
        for attempt in attempts:
            if attempt.outcome == Outcome.DELIVERED:
                self.paused = 0
            if self.pause.after is None:
                continue
            self.refused = 0 if attempt.outcome == Outcome.DELIVERED else self.refused + 1
            if self.refused >= self.pause.after:
                self.refused = 0
                self.until = at + self.pause.lasts

    def stop(self, at: float) -> bool:
        """Pause if it may help: somebody has been taken since the last few pauses, or there were none."""
        if self.pause is None or self.paused >= MOST_PAUSES:
            return False
        self.paused += 1
        self.until = at + self.pause.lasts
        return True


@dataclass
class Outlet:
    """The connections to one exchanger from one source address, and what waits for one of them to be free."""

    exchanger: Exchanger
    slots: list[Slot]
    brake: Brake
    windows: tuple[Window, ...] = ()
    waiting: deque[Due] = field(default_factory=deque)

    def idle(self, at: float) -> Slot | None:
        """Return the open connection used last, else an unused place, None while all are busy."""
        idle = [slot for slot in self.slots if slot.free_at <= at]
        opened = [slot for slot in idle if slot.line is not None]
        return max(opened, key=_freed) if opened else next(iter(idle), None)

    def opens(self, at: float) -> float:
        """Return when the next transaction may begin, ``at`` or later."""
        held_until = self._held_until(at)
        return held_until if held_until > at or self.idle(at) is not None else min(map(_freed, self.slots))

    def take(self, at: float) -> tuple[Slot, Due] | None:
        """Take what is first in the queue and a place for it, if it may begin now."""
        slot = self.idle(at)
        if slot is None or self._held_until(at) > at:
            return None
        for window in self.windows:
            window.begin(at)
        return slot, self.waiting.popleft()

    def let_go(self, sender: Sender) -> list[Due]:
        """Return what waits and need not wait here, where the sender may switch to another address."""
        if sender.pause is None or not sender.pause.switch:
            return []
        waiting = list(self.waiting)
        self.waiting.clear()
        return waiting

    def _held_until(self, at: float) -> float:
        return max([at, self.brake.until, *(window.opens(at) for window in self.windows)])


class Outlets:
    """The outlets of a lane, each made when it is first needed."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._found: dict[tuple[str, str, str], Outlet] = {}
        self._brakes: dict[tuple[str, str], Brake] = {}
        self._by_source: Final = sender.pause is not None and sender.pause.when is not None
        self._windows: dict[tuple[int, str], Window] = {}
        self._limits: Final = tuple(enumerate(sender.limit))
        self._own_queue: Final = {limit.to.lower() for limit in sender.limit}

    def to(self, exchanger: Exchanger, source: str, domain: str) -> Outlet:
        """Return the outlet to an exchanger; a domain with a limit of its own has a queue of its own."""
        queue = domain if domain in self._own_queue else ""
        key = (source, exchanger.address, queue)
        if key not in self._found:
            limits = [(number, limit) for number, limit in self._limits if _concerns(limit, exchanger.host, domain)]
            allowed = [limit.connections for _, limit in limits if limit.connections is not None]
            most = min([self._sender.connections_per_gateway, *allowed])
            self._found[key] = Outlet(
                exchanger,
                [Slot(source) for _ in range(most)],
                self._brakes.setdefault(
                    (exchanger.address, source if self._by_source else ""), Brake(self._sender.pause)
                ),
                tuple(
                    self._windows.setdefault((number, exchanger.address if limit.to == "*" else ""), Window(limit.rate))
                    for number, limit in limits
                    if limit.rate is not None
                ),
            )
        return self._found[key]

    def for_due(self, exchanger: Exchanger, due: Due, at: float) -> tuple[Outlet, Due]:
        """Return the outlet for a transaction; from another address where its own pauses and the sender switches."""
        outlet = self.to(exchanger, due.deliveries[0].source, due.domain)
        if self._sender.pause is None or not self._sender.pause.switch or outlet.brake.until <= at:
            return outlet, due
        for ip in self._sender.ips:
            other = self.to(exchanger, ip.address, due.domain)
            if other.brake.until <= at:
                switched = tuple(each._replace(source=ip.address) for each in due.deliveries)
                return other, due._replace(deliveries=switched)
        return outlet, due

    @property
    def all(self) -> Iterable[Outlet]:
        """Every outlet there is."""
        return self._found.values()


def _concerns(limit: Limit, host: str, domain: str) -> bool:
    return limit.to.lower() in {"*", host, domain}


def _freed(slot: Slot) -> float:
    return slot.free_at
