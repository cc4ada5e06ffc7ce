"""The sender's loop for exchangers that share domains: connections, order, retries, on the lane's own clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from fake_gateways.clock import Agenda, Clock
from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage
from probe.records.attempt import Attempt, Failure, Outcome
from probe.records.rows import Transcript
from probe.scenario.sending import Sender
from probe.sender.adaptive import SecondThoughts
from probe.sender.destination_queue import Due, Outlet, Outlets, Slot
from probe.sender.messages import Mail
from probe.sender.recipients import Delivery
from probe.sender.resume import Left
from probe.sender.retry import RetrySchedule
from probe.sender.routes import Routes
from probe.sender.transaction import Heard, introduce, transact
from probe.sender.transport import Line, LineError, Transport
from probe.sender.transport.transcript import Recorder


class _Said(NamedTuple):
    """What was heard of each recipient, over which line, and after how many transactions before it."""

    heard: list[Heard]
    line: Line | None = None
    connection: int = 0
    position: int = 0


@dataclass
class Lane:
    """Carries out deliveries in virtual-time order, one transaction at a time, over several open connections.

    A transaction that lasts keeps its connection busy until its end while others begin on other connections, so a
    slow gateway slows the sender down just as far as the number of connections lets it. ``reach`` is the way to an
    exchanger. ``write`` gets every attempt, ``note`` hears of it again with whether its delivery is finished with, and
    ``keep`` gets its transcript where there is a ``recorder``. ``about_to`` hears of a transaction before it begins.
    """

    name: str
    reach: Callable[[Exchanger], Transport]
    routes: Routes
    sender: Sender
    mail: Mail
    clock: Clock
    round_trip_s: float
    write: Callable[[Attempt], None]
    note: Callable[[Attempt, bool], None]
    recorder: Recorder | None = None
    keep: Callable[[Transcript], None] = lambda _: None
    about_to: Callable[[Due], None] = lambda _: None
    _agenda: Agenda[Due | Outlet] = field(default_factory=Agenda)
    _written: int = 0
    _connected: int = 0

    def __post_init__(self) -> None:
        self._schedule = RetrySchedule(self.sender.retry)
        self._outlets = Outlets(self.sender)
        self._thoughts = SecondThoughts(self.sender, self.mail)

    async def run(self, transactions: Sequence[tuple[Delivery, ...]], left: Left | None = None) -> None:
        """Attempt every delivery until it is taken, refused or given up; ``left`` is where an earlier run stopped."""
        if left is not None:
            self._written = self._connected = left.written  # no number is given twice
            for at, due in left.dues:
                self._agenda.put(at, due)
            transactions = left.untried
        for deliveries in transactions:
            self._agenda.put(deliveries[0].at, Due(deliveries))
        while self._agenda:
            at, event = self._agenda.take()
            await self._close_idle(at)
            if isinstance(event, Due):
                await self._queue(event, at)
            else:
                await self._go_on(event, at)
        await self._close_idle(float("inf"))

    async def _queue(self, due: Due, at: float) -> None:
        """Put a transaction behind the others for its exchanger, or say why it has none."""
        if due.test and due.first_at is None and not due.has_a_turn:
            test = self._thoughts.at_its_turn(due.deliveries[0])
            if test is not None:
                self._agenda.put(self._thoughts.next_turn(at), due._replace(deliveries=(test,), has_a_turn=True))
            return
        await self.clock.until(at)
        way = await self.routes.to(due.domain, at)
        untried = (each for each in way.exchangers if each.address not in due.tried)
        exchanger = next((each for each in (*untried, *way.exchangers)), None)
        if exchanger is None:
            failure = Failure.NO_ANSWER if way.may_clear else Failure.NO_ROUTE
            heard = Heard(Stage.CONNECT, failure=failure, text=way.obstacle)
            self._note(due, None, at, _Said([heard] * len(due.deliveries)))
            return
        outlet, due = self._outlets.for_due(exchanger, due, at)
        outlet.waiting.append(due)
        # Where others wait already, the outlet is in the agenda for when the next may begin.
        if len(outlet.waiting) == 1:
            await self._go_on(outlet, at)

    async def _go_on(self, outlet: Outlet, at: float) -> None:
        """Begin what waits, in order, as far as connections are free and nothing holds it back."""
        while outlet.waiting:
            taken = outlet.take(at)
            if taken is None:
                self._agenda.put(outlet.opens(at), outlet)
                return
            await self.clock.until(at)
            await self._attempt(outlet, *taken)

    async def _close_idle(self, at: float) -> None:
        for outlet in self._outlets.all:
            for slot in outlet.slots:
                if slot.line is not None and slot.free_at + self.sender.keep_open <= at:
                    await self.clock.until(slot.free_at + self.sender.keep_open)
                    await slot.line.close()
                    slot.line = None

    async def _attempt(self, outlet: Outlet, slot: Slot, due: Due) -> None:
        began = self.clock.now()
        if self.recorder is not None:
            self.recorder.take()  # what was said over idle connections is no part of this transaction
        self.about_to(due)
        said = await self._deliver(outlet.exchanger, slot, due, began)
        slot.free_at = self.clock.now()
        self._note(due, outlet, began, said)

    def _note(self, due: Due, outlet: Outlet | None, began: float, said: _Said) -> None:
        """Write down what was heard of each recipient, and decide what happens next."""
        ended = self.clock.now()
        attempts = [
            self._row(due, delivery, outlet, began=began, heard=heard, said=said)
            for delivery, heard in zip(due.deliveries, said.heard, strict=True)
        ]
        dialogue = None if self.recorder is None else self.recorder.take()
        for attempt in attempts:
            self.write(attempt)
            self._thoughts.hear(attempt)
            if dialogue is not None:
                self.keep(Transcript(self.name, attempt.seq, dialogue))
        first_at = began if due.first_at is None else due.first_at
        if outlet is not None:
            self._hold_back(outlet, attempts, ended)
            tried = due.tried | {outlet.exchanger.address}
            if all(_would_not_talk(heard) for heard in said.heard) and self.routes.has_another(due.domain, tried):
                for attempt in attempts:
                    self.note(attempt, False)  # noqa: FBT003 - not final: another exchanger is asked
                self._agenda.put(ended, due._replace(first_at=first_at, tried=tried))
                return
        self._go_on_after(due, attempts, first_at, ended)

    def _hold_back(self, outlet: Outlet, attempts: Sequence[Attempt], ended: float) -> None:
        """Let an outlet pause if what was heard is reason to."""
        outlet.brake.hear(attempts, ended)
        if any(self._thoughts.would_stop(attempt) for attempt in attempts) and outlet.brake.stop(ended):
            for waiting in outlet.let_go(self.sender):
                self._agenda.put(ended, waiting)

    def _go_on_after(self, due: Due, attempts: Sequence[Attempt], first_at: float, ended: float) -> None:
        """Decide for each recipient whether it is tried again, and when."""
        later: dict[float, list[Delivery]] = {}
        for delivery, attempt in zip(due.deliveries, attempts, strict=True):
            wait_s = self._schedule.next_wait_s(attempt, ended - first_at)
            self.note(attempt, wait_s is None and not due.test)
            if wait_s is not None:
                later.setdefault(wait_s, []).append(delivery)
            elif attempt.outcome == Outcome.REFUSED and not due.test:
                self._try_once_more(delivery, due.number + 1, ended)
        for wait_s, deliveries in later.items():
            self._agenda.put(ended + wait_s, Due(tuple(deliveries), due.number + 1, first_at, test=due.test))

    def _try_once_more(self, delivery: Delivery, number: int, at: float) -> None:
        test = self._thoughts.test_of(delivery)
        if test is not None and self.sender.retest is not None:
            self._agenda.put(at + self.sender.retest.after, Due((test,), number, test=True))

    def _row(
        self, due: Due, delivery: Delivery, outlet: Outlet | None, *, began: float, heard: Heard, said: _Said
    ) -> Attempt:
        self._written += 1
        reply = heard.reply
        exchanger = outlet.exchanger if outlet is not None else Exchanger("", "")
        return Attempt(
            self.name,
            self._written,
            round(began, 6),
            round(self.clock.now() - began, 6),
            due.number,
            delivery.campaign,
            self.mail.file_of(delivery),
            self.mail.message_id(due.deliveries),
            self.mail.return_path(due.deliveries),
            delivery.recipient,
            exchanger.host,
            exchanger.address,
            delivery.source,
            said.line.local_port if said.line else 0,
            said.line.tls if said.line else False,
            heard.stage,
            heard.outcome,
            reply.code if reply else None,
            str(reply.enhanced) if reply and reply.enhanced else None,
            reply.text if reply else heard.text,
            heard.failure,
            said.connection,
            said.position,
            said.line.greeting.text if said.line else "",
        )

    async def _deliver(self, exchanger: Exchanger, slot: Slot, due: Due, began: float) -> _Said:
        """Use the slot's connection, opening one if there is none."""
        everybody = len(due.deliveries)
        if slot.line is None:
            await self._pause()
            try:
                line = await self.reach(exchanger).connect(slot.source, self.sender.helo)
            except LineError as error:
                return _Said([Heard(Stage.CONNECT, failure=error.failure, text=error.text)] * everybody)
            self._connected += 1
            unwelcome = await introduce(line, self._pause, self.sender.tls)
            if unwelcome is not None:
                await line.close()
                return _Said([unwelcome] * everybody, line, self._connected, 1)
            slot.line, slot.reset, slot.connection, slot.position = line, False, self._connected, 0
        line = slot.line
        slot.position += 1
        heard = await transact(
            line,
            return_path=self.mail.return_path(due.deliveries),
            recipients=[delivery.recipient for delivery in due.deliveries],
            content=self.mail.content(due.deliveries, began),
            reset=slot.reset,
            pause=self._pause,
            pipelining=self.sender.pipelining,
        )
        slot.reset = all(each.stage is not Stage.END_OF_DATA for each in heard)
        if not line.is_open or any(each.failure in {Failure.TIMED_OUT, Failure.GARBAGE} for each in heard):
            await line.close()
            slot.line = None
        return _Said(heard, line, slot.connection, slot.position)

    async def _pause(self) -> None:
        await self.clock.sleep(self.round_trip_s)


def _would_not_talk(heard: Heard) -> bool:
    """Whether the exchanger had nothing to do with us, so that another one may be asked (RFC 5321 section 5.1)."""
    return heard.stage in BEFORE_MAIL and heard.outcome is not Outcome.DELIVERED
