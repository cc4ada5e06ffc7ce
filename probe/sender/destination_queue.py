"""Queues of a lane: one for each exchanger and source address, with its connections, rate limits and pauses."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.envelope import domain_of
from probe.records.attempt import Attempt, Outcome
from probe.scenario.sending import Limit, Pause, Sender
from probe.sender.recipients import Delivery
from probe.sender.transport import Line

MOST_PAUSES: Final = 12
"""After this many pauses without a delivery in between, the sender continues without pausing."""


class QueuedTransaction(NamedTuple):
    """Deliveries of one transaction that wait for round ``number`` of attempts.

    ``first_at`` is when the first attempt began. ``tried`` are the exchanger addresses that failed before MAIL in this
    round. ``test`` marks a retest: one more attempt after a refusal. ``has_a_turn`` is true once the retest has a time
    slot within the limit on retests.
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
class ConnectionSlot:
    """Room for one connection; ``free_at`` is when its last transaction ended.

    ``connection`` is the connection's number within the lane; ``position`` counts the transactions over it. ``reset``
    says that the next transaction has to begin with RSET.
    """

    source: str
    line: Line | None = None
    free_at: float = 0.0
    reset: bool = False
    connection: int = 0
    position: int = 0


@dataclass
class DestinationPause:
    """Stops sending to one exchanger for a while after too many refusals in a row.

    ``until`` is the end of the current pause, ``refused`` counts refusals in a row, ``paused`` counts pauses since the
    last delivery.
    """

    settings: Pause | None
    until: float = 0.0
    refused: int = 0
    paused: int = 0

    def observe(self, attempts: Iterable[Attempt], at: float) -> None:
        """Count refusals; enough of them in a row begin a pause."""
        if self.settings is None:
            return
        for attempt in attempts:
            if attempt.outcome == Outcome.DELIVERED:
                self.paused = 0
            if self.settings.after is None:
                continue
            self.refused = 0 if attempt.outcome == Outcome.DELIVERED else self.refused + 1
            if self.refused >= self.settings.after:
                self.refused = 0
                self.until = at + self.settings.lasts

    def begin(self, at: float) -> bool:
        """Begin a pause and return True; return False after MOST_PAUSES pauses without a delivery."""
        if self.settings is None or self.paused >= MOST_PAUSES:
            return False
        self.paused += 1
        self.until = at + self.settings.lasts
        return True


@dataclass
class DestinationQueue:
    """Transactions for one exchanger from one source address, waiting for a free connection."""

    exchanger: Exchanger
    slots: list[ConnectionSlot]
    pause: DestinationPause
    rate_limits: tuple[SlidingWindow, ...] = ()
    waiting: deque[QueuedTransaction] = field(default_factory=deque)

    def free_slot(self, at: float) -> ConnectionSlot | None:
        """Return the open connection used last, else a slot without a connection, or None while all are busy."""
        found: ConnectionSlot | None = None
        for slot in self.slots:
            if slot.free_at > at:
                continue
            if found is None or (slot.line is not None and (found.line is None or slot.free_at > found.free_at)):
                found = slot
        return found

    def next_start(self, at: float) -> float:
        """Return the first moment, ``at`` or later, when the next transaction may begin."""
        held_until = self._held_until(at)
        return held_until if held_until > at or self.free_slot(at) is not None else min(map(_free_at, self.slots))

    def start_next(self, at: float) -> tuple[ConnectionSlot, QueuedTransaction] | None:
        """Remove the first transaction and return it with its slot; None if it may not begin yet."""
        slot = self.free_slot(at)
        if slot is None or self._held_until(at) > at:
            return None
        for limit in self.rate_limits:
            limit.add(at)
        return slot, self.waiting.popleft()

    def take_movable(self, sender: Sender) -> list[QueuedTransaction]:
        """Remove and return what waits, if the sender may switch it to another source address; else nothing."""
        if sender.pause is None or not sender.pause.switch:
            return []
        waiting = list(self.waiting)
        self.waiting.clear()
        return waiting

    def _held_until(self, at: float) -> float:
        return max([at, self.pause.until, *(limit.has_room_at(at) for limit in self.rate_limits)])


class DestinationQueues:
    """All queues of a lane. Each is created when it is first needed."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._queues: dict[tuple[str, str, str], DestinationQueue] = {}
        self._pauses: dict[tuple[str, str], DestinationPause] = {}
        self._by_source: Final = sender.pause is not None and sender.pause.when is not None
        self._rate_limits: dict[tuple[int, str], SlidingWindow] = {}
        self._limits: Final = tuple(enumerate(sender.limit))
        self._own_queue: Final = {limit.to.lower() for limit in sender.limit}

    def to(self, exchanger: Exchanger, source: str, domain: str) -> DestinationQueue:
        """Return the queue to an exchanger; a domain with a limit of its own has its own queue."""
        own_domain = domain if domain in self._own_queue else ""
        key = (source, exchanger.address, own_domain)
        if key not in self._queues:
            limits = [(number, limit) for number, limit in self._limits if _applies(limit, exchanger.host, domain)]
            allowed = [limit.connections for _, limit in limits if limit.connections is not None]
            most = min([self._sender.connections_per_gateway, *allowed])
            self._queues[key] = DestinationQueue(
                exchanger,
                [ConnectionSlot(source) for _ in range(most)],
                self._pauses.setdefault(
                    (exchanger.address, source if self._by_source else ""), DestinationPause(self._sender.pause)
                ),
                tuple(
                    self._rate_limits.setdefault(
                        (number, exchanger.address if limit.to == "*" else ""), SlidingWindow(limit.rate)
                    )
                    for number, limit in limits
                    if limit.rate is not None
                ),
            )
        return self._queues[key]

    def for_transaction(
        self, exchanger: Exchanger, domain: str, queued: QueuedTransaction, at: float
    ) -> tuple[DestinationQueue, QueuedTransaction]:
        """Return the queue for a transaction to a domain, and the transaction.

        If its source address pauses and the sender may switch, both are those of another address.
        """
        queue = self.to(exchanger, queued.deliveries[0].source, domain)
        if self._sender.pause is None or not self._sender.pause.switch or queue.pause.until <= at:
            return queue, queued
        for ip in self._sender.ips:
            other = self.to(exchanger, ip.address, domain)
            if other.pause.until <= at:
                switched = tuple(each._replace(source=ip.address) for each in queued.deliveries)
                return other, queued._replace(deliveries=switched)
        return queue, queued

    @property
    def all(self) -> Iterable[DestinationQueue]:
        """Every queue that exists."""
        return self._queues.values()


def _applies(limit: Limit, host: str, domain: str) -> bool:
    return limit.to.lower() in {"*", host, domain}


def _free_at(slot: ConnectionSlot) -> float:
    return slot.free_at
