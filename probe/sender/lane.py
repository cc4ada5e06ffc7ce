"""The sender's loop for exchangers that share domains: queues, connections, retries, on the lane's own clock."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.clock import Agenda, Clock
from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from probe.records.attempt import Attempt, Failure, Outcome
from probe.records.returned import Returned, is_bounce
from probe.records.rows import Transcript
from probe.scenario.sending import Sender
from probe.sender.adaptive import AdaptiveSending
from probe.sender.destination_queue import ConnectionSlot, DestinationQueue, DestinationQueues, QueuedTransaction
from probe.sender.messages import MessageBuilder, Names
from probe.sender.recipients import Delivery
from probe.sender.resume import RemainingWork
from probe.sender.retry import RetrySchedule
from probe.sender.routes import Routes
from probe.sender.transaction import Result, SessionOverError, introduce, transact
from probe.sender.transport import Line, LineError, Transport
from probe.sender.transport.transcript import Recorder

Errand = Callable[[float], Awaitable[None]]
"""What a lane does at a time beside its deliveries; it gets the time."""
_END_OF_DATA: Final = Stage.END_OF_DATA
_ENDS_LINE: Final = frozenset({Failure.TIMED_OUT, Failure.GARBAGE})
"""Failures after which a line cannot be used, although it is open."""


class _Transacted(NamedTuple):
    """The message, a result for each recipient, the line they came over, and the transaction's position on it.

    ``port`` is that of a connection whose greeting did not come, so that there is no line.
    """

    names: Names
    results: list[Result]
    line: Line | None = None
    connection: int = 0
    position: int = 0
    port: int = 0


@dataclass
class Lane:
    """Carries out deliveries in order of simulated time, one transaction at a time, over several open connections.

    A transaction keeps its connection busy until its end, while others begin on other connections: a slow gateway slows
    the sender down only as far as the number of connections allows. ``reach`` returns the transport to an exchanger.
    ``write`` gets every attempt. ``note`` gets it too, with whether its delivery is final. ``keep`` gets its transcript
    if there is a ``recorder``. ``about_to`` is called before a transaction begins.
    """

    name: str
    reach: Callable[[Exchanger], Transport]
    routes: Routes
    sender: Sender
    messages: MessageBuilder
    clock: Clock
    round_trip_s: float
    write: Callable[[Attempt], None]
    note: Callable[[Attempt, bool], None]
    recorder: Recorder | None = None
    keep: Callable[[Transcript], None] = lambda _: None
    about_to: Callable[[QueuedTransaction], None] = lambda _: None
    _agenda: Agenda[QueuedTransaction | DestinationQueue | Errand] = field(default_factory=Agenda)
    _delivered: dict[tuple[str, str], tuple[Delivery, int]] = field(default_factory=dict)
    """What was accepted in which round, if it is to be retested once a report says that it was not delivered."""
    _written: int = 0
    _connected: int = 0
    _idle_from: float = math.inf
    """No connection has been idle for too long before this time."""

    def __post_init__(self) -> None:
        self._schedule = RetrySchedule(self.sender.retry)
        self._queues = DestinationQueues(self.sender)
        self._adaptive = AdaptiveSending(self.sender, self.messages)

    async def run(self, transactions: Iterable[tuple[Delivery, ...]], remaining: RemainingWork | None = None) -> None:
        """Attempt every delivery until it is delivered, refused or expired.

        ``transactions`` are in order of time, and are taken one by one when they are due. ``remaining`` is what an
        interrupted run left to do, in place of ``transactions``.
        """
        if remaining is not None:
            self._written = self._connected = remaining.written  # numbers are unique across both runs
            for attempt in remaining.past:
                self._adaptive.observe(attempt)
            for at, queued in remaining.queued:
                self._agenda.put(at, self._with_its_message(queued))
            for delivery, number, ended in remaining.refused:
                self._schedule_retest(delivery, number, ended)
            transactions = remaining.untried
        for at, event in self._in_order(iter(transactions)):
            await self._close_idle(at)
            if isinstance(event, QueuedTransaction):
                await self._enqueue(event, at)
            elif isinstance(event, DestinationQueue):
                await self._start_waiting(event, at)
            else:
                await self.clock.until(at)
                await event(at)
        await self._close_idle(float("inf"))

    def hear(self, returned: Returned) -> None:
        """Retest a recipient that was accepted, if mail that came back says that it was refused in the end."""
        key = returned.campaign, returned.recipient.lower()
        if is_bounce(returned) and key in self._delivered:
            delivery, number = self._delivered.pop(key)
            self._adaptive.hear(returned)
            self._schedule_retest(delivery, number + 1, returned.at)

    def later(self, at: float, errand: Errand) -> None:
        """Do something at a time; it must not take longer than a transaction."""
        self._agenda.put(at, errand)

    def _in_order(
        self, transactions: Iterator[tuple[Delivery, ...]]
    ) -> Iterator[tuple[float, QueuedTransaction | DestinationQueue | Errand]]:
        """Yield planned transactions and events of the agenda by time; of those due at once, planned ones first."""
        planned = next(transactions, None)
        while planned is not None or self._agenda:
            if planned is not None and planned[0].at <= self._agenda.earliest:
                yield planned[0].at, QueuedTransaction(planned)
                planned = next(transactions, None)
            else:
                yield self._agenda.take()

    async def _enqueue(self, queued: QueuedTransaction, at: float) -> None:
        """Put a transaction into the queue of its exchanger; without an exchanger the attempt fails."""
        if queued.test and queued.first_at is None and not queued.has_a_turn:
            test = self._adaptive.retest_due(queued.deliveries[0])
            if test is not None:
                self._agenda.put(
                    self._adaptive.next_retest_at(at), queued._replace(deliveries=(test,), has_a_turn=True)
                )
            return
        await self.clock.until(at)
        domain = queued.domain
        way = await self.routes.to(domain, at)
        untried = [each for each in way.exchangers if each.address not in queued.tried]
        exchanger = next(iter(untried or way.exchangers), None)
        if exchanger is None:
            failure = Failure.NO_ANSWER if way.may_clear else Failure.NO_ROUTE
            result = Result(Stage.CONNECT, failure=failure, text=way.obstacle)
            names = self.messages.names(queued.deliveries)
            self._record(queued, None, at, _Transacted(names, [result] * len(queued.deliveries)))
            return
        queue, queued = self._queues.for_transaction(exchanger, domain, queued, at)
        queue.waiting.append(queued)
        # If others wait already, the agenda has an entry for when the next of them may begin.
        if len(queue.waiting) == 1:
            await self._start_waiting(queue, at)

    async def _start_waiting(self, queue: DestinationQueue, at: float) -> None:
        """Begin waiting transactions in order, until connections are busy or a limit or pause applies."""
        while queue.waiting:
            started = queue.start_next(at)
            if started is None:
                self._agenda.put(queue.next_start(at), queue)
                return
            await self.clock.until(at)
            await self._attempt(queue, *started)

    async def _close_idle(self, at: float) -> None:
        """Close the connections that have been idle for too long."""
        if at < self._idle_from:
            return
        self._idle_from = math.inf
        for queue in self._queues.all:
            for slot in queue.slots:
                if slot.line is None:
                    continue
                idle_at = slot.free_at + self.sender.keep_open
                if idle_at <= at:
                    await self.clock.until(idle_at)
                    await slot.line.close()
                    slot.line = None
                else:
                    self._idle_from = min(self._idle_from, idle_at)

    async def _attempt(self, queue: DestinationQueue, slot: ConnectionSlot, queued: QueuedTransaction) -> None:
        began = self.clock.now()
        if self.recorder is not None:
            self.recorder.take()  # QUIT on idle connections does not belong to this transaction
        self.about_to(queued)
        done = await self._transact(queue.exchanger, slot, queued, began)
        slot.free_at = self.clock.now()
        self._idle_from = min(self._idle_from, slot.free_at + self.sender.keep_open)
        self._record(queued, queue, began, done)

    def _record(
        self, queued: QueuedTransaction, queue: DestinationQueue | None, began: float, done: _Transacted
    ) -> None:
        """Write an attempt for each recipient, and decide what happens next."""
        ended = self.clock.now()
        attempts = self._rows(queued, queue, done, began, round(ended - began, 6))
        dialogue = None if self.recorder is None else self.recorder.take()
        for attempt in attempts:
            self.write(attempt)
            self._adaptive.observe(attempt)
            if dialogue is not None:
                self.keep(Transcript(lane=self.name, seq=attempt.seq, dialogue=dialogue))
        first_at = began if queued.first_at is None else queued.first_at
        if queue is not None:
            self._pause_if_needed(queue, attempts, ended)
            if all(map(_failed_before_mail, done.results)):
                tried = queued.tried | {queue.exchanger.address}
                if self.routes.has_another(queued.domain, tried):
                    for attempt in attempts:
                        self.note(attempt, False)  # noqa: FBT003 - not final: another exchanger is asked
                    self._agenda.put(ended, queued._replace(first_at=first_at, tried=tried))
                    return
        self._schedule_next(queued, attempts, first_at, ended)

    def _pause_if_needed(self, queue: DestinationQueue, attempts: Sequence[Attempt], ended: float) -> None:
        """Pause a queue if the attempts are a reason to."""
        if self.sender.pause is None:
            return
        queue.pause.observe(attempts, ended)
        if any(self._adaptive.should_pause(attempt) for attempt in attempts) and queue.pause.begin(ended):
            for waiting in queue.take_movable(self.sender):
                self._agenda.put(ended, waiting)

    def _schedule_next(
        self, queued: QueuedTransaction, attempts: Sequence[Attempt], first_at: float, ended: float
    ) -> None:
        """Schedule the retry or retest of each recipient that gets one."""
        later: dict[float, list[Delivery]] = {}
        for delivery, attempt in zip(queued.deliveries, attempts, strict=True):
            wait_s = self._schedule.next_wait_s(attempt, ended - first_at)
            self.note(attempt, wait_s is None and not queued.test)
            if wait_s is not None:
                later.setdefault(wait_s, []).append(delivery)
            elif queued.test or self.sender.retest is None:
                continue
            elif attempt.outcome == Outcome.DELIVERED:
                self._delivered[attempt.campaign, attempt.recipient.lower()] = delivery, queued.number
            elif attempt.outcome == Outcome.REFUSED:
                self._schedule_retest(delivery, queued.number + 1, ended)
        for wait_s, deliveries in later.items():
            retry = QueuedTransaction(tuple(deliveries), queued.number + 1, first_at, test=queued.test)
            self._agenda.put(ended + wait_s, retry)

    def _schedule_retest(self, delivery: Delivery, number: int, at: float) -> None:
        test = self._adaptive.retest_of(delivery)
        if test is not None:
            self._agenda.put(at + self._adaptive.retest_wait_s(), QueuedTransaction((test,), number, test=True))

    def _with_its_message(self, queued: QueuedTransaction) -> QueuedTransaction:
        """Return a transaction of an interrupted run; a retest has the message of retests."""
        if not queued.test:
            return queued
        return queued._replace(deliveries=tuple(self._adaptive.retest_of(each) or each for each in queued.deliveries))

    def _rows(
        self,
        queued: QueuedTransaction,
        queue: DestinationQueue | None,
        done: _Transacted,
        began: float,
        duration_s: float,
    ) -> list[Attempt]:
        exchanger = queue.exchanger if queue is not None else Exchanger("", "")
        names, line, at = done.names, done.line, round(began, 6)
        rows = []
        for delivery, result in zip(queued.deliveries, done.results, strict=True):
            self._written += 1
            reply = result.reply
            rows.append(
                Attempt(
                    lane=self.name,
                    seq=self._written,
                    at=at,
                    duration_s=duration_s,
                    number=queued.number,
                    campaign=delivery.campaign,
                    message=names.file,
                    message_id=names.message_id,
                    return_path=names.return_path,
                    recipient=delivery.recipient,
                    mx=exchanger.host,
                    mx_address=exchanger.address,
                    local_address=delivery.source,
                    local_port=line.local_port if line else done.port,
                    tls=line.tls if line else False,
                    stage=result.stage,
                    outcome=result.outcome,
                    code=reply.code if reply else None,
                    enhanced=str(reply.enhanced) if reply and reply.enhanced else None,
                    text=reply.text if reply else result.text,
                    failure=result.failure,
                    connection=done.connection,
                    position=done.position,
                    greeting=line.greeting.text if line else "",
                )
            )
        return rows

    async def _transact(
        self, exchanger: Exchanger, slot: ConnectionSlot, queued: QueuedTransaction, began: float
    ) -> _Transacted:
        """Send the message over the slot's connection, opening one if there is none."""
        names = self.messages.names(queued.deliveries)
        recipients = [delivery.recipient for delivery in queued.deliveries]
        if slot.line is None:
            self._round_trip()
            try:
                line = await self.reach(exchanger).connect(slot.source, self.sender.helo)
            except LineError as error:
                failed = Result(Stage.CONNECT, failure=error.failure, text=error.text)
                return _Transacted(names, [failed] * len(recipients), port=error.local_port)
            self._connected += 1
            refused = await introduce(line, self._round_trip, self.sender.tls)
            if refused is not None:
                await line.close()
                return _Transacted(names, [refused] * len(recipients), line, self._connected, 1)
            slot.line, slot.reset, slot.connection, slot.position = line, False, self._connected, 0
        line = slot.line
        slot.position += 1
        try:
            results = await transact(
                line,
                return_path=names.return_path,
                recipients=recipients,
                content=self.messages.content(queued.deliveries[0], names.message_id, began),
                reset=slot.reset,
                round_trip=self._round_trip,
                pipelining=self.sender.pipelining,
            )
        except SessionOverError:
            await line.close()
            slot.line = None
            return await self._transact(exchanger, slot, queued, began)
        slot.reset = _END_OF_DATA not in [each.stage for each in results]
        if not line.is_open or not _ENDS_LINE.isdisjoint([each.failure for each in results]):
            await line.close()
            slot.line = None
        return _Transacted(names, results, line, slot.connection, slot.position)

    def _round_trip(self) -> None:
        self.clock.pass_by(self.round_trip_s)


def _failed_before_mail(result: Result) -> bool:
    """Whether the exchanger failed or refused before MAIL, so that another may be tried (RFC 5321 section 5.1)."""
    return result.stage in BEFORE_MAIL and result.outcome is not Outcome.DELIVERED
