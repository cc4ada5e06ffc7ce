"""The sender's loop for one exchanger: connections, order, retries, on the lane's own clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from fake_gateways.clock import Agenda, Clock
from fake_gateways.envelope import Stage
from probe import return_path
from probe.attempt import Attempt, Failure, Outcome
from probe.campaign import Delivery
from probe.message import Template
from probe.retry import RetrySchedule
from probe.scenario.model import Sender
from probe.transaction import Heard, introduce, transact
from probe.transport import Line, LineError, Transport


class Due(NamedTuple):
    """A delivery waiting for its attempt number ``number``; ``first_at`` is when the first began."""

    delivery: Delivery
    number: int = 1
    first_at: float | None = None


@dataclass
class Slot:
    """A place for one connection; ``free_at`` is when its last transaction ended."""

    source: str
    line: Line | None = None
    free_at: float = 0.0
    reset: bool = False


@dataclass
class Outlet:
    """The connections from one source address, and what waits for one of them to be free."""

    slots: list[Slot]
    waiting: deque[Due] = field(default_factory=deque)

    def idle(self, at: float) -> Slot | None:
        """Return the open connection used last, else an unused place, None while all are busy."""
        idle = [slot for slot in self.slots if slot.free_at <= at]
        opened = [slot for slot in idle if slot.line is not None]
        return max(opened, key=_freed) if opened else next(iter(idle), None)

    @property
    def free_at(self) -> float:
        """When the first connection will be free."""
        return min(slot.free_at for slot in self.slots)


@dataclass
class Lane:
    """Carries out deliveries in virtual-time order, one transaction at a time, over several open connections.

    A transaction that lasts keeps its connection busy until its end while others begin on other connections, so a
    slow gateway slows the sender down just as far as the number of connections lets it.
    """

    mx: str
    transport: Transport
    sender: Sender
    campaign: str
    template: Template
    clock: Clock
    round_trip_s: float
    write: Callable[[Attempt], None]
    done: Callable[[], None]
    _agenda: Agenda[Due | Outlet] = field(default_factory=Agenda)
    _outlets: dict[str, Outlet] = field(default_factory=dict)
    _written: int = 0

    def __post_init__(self) -> None:
        self._schedule = RetrySchedule(self.sender.retry)

    async def run(self, deliveries: list[Delivery]) -> None:
        """Attempt every delivery until it is taken, refused or given up."""
        for delivery in deliveries:
            self._agenda.put(delivery.at, Due(delivery))
        while self._agenda:
            at, event = self._agenda.take()
            await self._close_idle(at)
            if isinstance(event, Outlet):
                await self._go_on(event, at)
                continue
            outlet = self._outlet(event.delivery.source)
            outlet.waiting.append(event)
            # Where others wait already, the outlet is in the agenda for when a connection is free.
            if len(outlet.waiting) == 1:
                await self._go_on(outlet, at)
        await self._close_idle(float("inf"))

    def _outlet(self, source: str) -> Outlet:
        if source not in self._outlets:
            self._outlets[source] = Outlet([Slot(source) for _ in range(self.sender.connections_per_gateway)])
        return self._outlets[source]

    async def _go_on(self, outlet: Outlet, at: float) -> None:
        """Begin what waits, in order, as far as connections are free."""
        while outlet.waiting:
            slot = outlet.idle(at)
            if slot is None:
                self._agenda.put(outlet.free_at, outlet)
                return
            await self.clock.until(at)
            await self._attempt(slot, outlet.waiting.popleft())

    async def _close_idle(self, at: float) -> None:
        for outlet in self._outlets.values():
            for slot in outlet.slots:
                if slot.line is not None and slot.free_at + self.sender.keep_open <= at:
                    await self.clock.until(slot.free_at + self.sender.keep_open)
                    await slot.line.close()
                    slot.line = None

    async def _attempt(self, slot: Slot, due: Due) -> None:
        delivery = due.delivery
        began = self.clock.now()
        message_id = f"<{self.campaign}.{delivery.number}@{self.sender.helo}>"
        path = return_path.encode(self.campaign, delivery.recipient, self.sender.return_path)
        content = self.template.render(delivery.fields, recipient=delivery.recipient, message_id=message_id, at=began)
        heard, port = await self._deliver(slot, path, delivery.recipient, content)
        slot.free_at = ended = self.clock.now()
        self._written += 1
        reply = heard.reply
        outcome = heard.outcome
        self.write(
            Attempt(
                self.mx,
                self._written,
                round(began, 6),
                round(ended - began, 6),
                due.number,
                self.campaign,
                message_id,
                path,
                delivery.recipient,
                slot.source,
                port,
                False,  # noqa: FBT003 - the column tls
                heard.stage,
                outcome,
                reply.code if reply else None,
                str(reply.enhanced) if reply and reply.enhanced else None,
                reply.text if reply else heard.text,
                heard.failure,
            )
        )
        first_at = began if due.first_at is None else due.first_at
        wait_s = self._schedule.next_wait_s(outcome, due.number, ended - first_at)
        if wait_s is None:
            self.done()
        else:
            self._agenda.put(ended + wait_s, Due(delivery, due.number + 1, first_at))

    async def _deliver(self, slot: Slot, path: str, recipient: str, content: bytes) -> tuple[Heard, int]:
        """Use the slot's connection, opening one if there is none; return what was heard and the local port."""
        if slot.line is None:
            await self._pause()
            try:
                line = await self.transport.connect(slot.source, self.sender.helo)
            except LineError as error:
                return Heard(Stage.CONNECT, failure=error.failure, text=error.text), 0
            heard = await introduce(line, self._pause)
            if heard is not None:
                await line.close()
                return heard, line.local_port
            slot.line, slot.reset = line, False
        line = slot.line
        heard = await transact(
            line, return_path=path, recipient=recipient, content=content, reset=slot.reset, pause=self._pause
        )
        slot.reset = heard.outcome is not Outcome.DELIVERED and heard.stage is not Stage.END_OF_DATA
        if not line.is_open or heard.failure in {Failure.TIMED_OUT, Failure.GARBAGE}:
            await line.close()
            slot.line = None
        return heard, line.local_port

    async def _pause(self) -> None:
        await self.clock.sleep(self.round_trip_s)


def _freed(slot: Slot) -> float:
    return slot.free_at
