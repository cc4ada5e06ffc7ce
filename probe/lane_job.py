"""Runs lanes, in this process or in several: gateways, names and sender put together for each lane."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from fake_gateways import nameserver, scanners, server
from fake_gateways.clock import Clock, VirtualClock, WallClock
from fake_gateways.delivery_report import DeliveryReport
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.mailboxes import Directory
from fake_gateways.resolver import Resolver
from fake_gateways.supply import Supply
from fake_gateways.truth import Truth
from fake_gateways.verdict import Answer, Question
from fake_gateways.zone import World
from probe import event_loop
from probe.attempt import Attempt
from probe.campaign import Delivery
from probe.lane import Lane
from probe.ledger import Ledger
from probe.message import Template
from probe.scenario.companies import Company
from probe.scenario.model import Scenario
from probe.transport import Transport
from probe.transport.memory import MemoryTransport
from probe.transport.tcp import PATIENCE_S, Patience, TcpTransport

LANES_AT_ONCE: Final = 64
"""Lanes of one process that run side by side; each holds a few sockets open."""

FLUSH_S: Final = 1.0
"""Real seconds after which what was written is committed, however little it is."""
TURNS: Final = 100
"""Transactions after which a lane lets others have a turn."""

Carriage = Literal["tcp", "memory"]


class _CourteousClock(VirtualClock):
    """Virtual time that lets others have a turn: without sockets nothing else would let an interrupt come through."""

    _turns = 0

    async def until(self, at: float) -> None:
        """Stand at a moment."""
        self._turns += 1
        if self._turns % TURNS == 0:
            await asyncio.sleep(0)
        await super().until(at)


@dataclass(frozen=True)
class LaneJob:
    """All that one lane needs; it can be sent to another process."""

    company: Company
    directory: Directory
    mx: str
    deliveries: list[Delivery]


@dataclass(frozen=True)
class Job:
    """Lanes for one process."""

    lanes: list[LaneJob]
    scenario: Scenario
    world: World
    template: Template
    carriage: Carriage
    ledger: Path
    allowed: tuple[Network, ...] = ()


def run(job: Job, done: Callable[[], None]) -> None:
    """Run all lanes of a job to their end; ``done`` is called once for every recipient that is finished with."""
    with Ledger(job.ledger) as ledger:
        event_loop.run(_run(job, ledger, done))


async def _run(job: Job, ledger: Ledger, done: Callable[[], None]) -> None:
    room = asyncio.Semaphore(LANES_AT_ONCE)
    faults: list[BaseException] = []

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Keep what failed where nobody awaits it, such as a gateway's end of a socket."""
        del loop
        faults.append(context.get("exception") or RuntimeError(context["message"]))

    asyncio.get_running_loop().set_exception_handler(note)

    async def one(lane: LaneJob) -> None:
        async with room:
            await _run_lane(job, lane, ledger, done)

    keeping = asyncio.create_task(_keep(ledger))
    try:
        async with asyncio.TaskGroup() as group:
            for lane in job.lanes:
                group.create_task(one(lane))
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    finally:
        keeping.cancel()
    if faults:
        raise faults[0]


async def _keep(ledger: Ledger) -> None:
    """Commit now and then, so that a slow run that is killed keeps what it had."""
    while True:
        await asyncio.sleep(FLUSH_S)
        ledger.flush()


async def _run_lane(job: Job, lane_job: LaneJob, ledger: Ledger, done: Callable[[], None]) -> None:
    scenario = job.scenario
    starts = scenario.starts.timestamp()
    virtual = scenario.clock == "virtual"
    clock: Clock = _CourteousClock(starts) if virtual else WallClock(starts)
    gateway = build_gateway(
        lane_job.company,
        lane_job.directory,
        scenario,
        clock,
        write=ledger.pen(Truth),
        post=ledger.pen(DeliveryReport),
    )
    async with _transport(job, lane_job, gateway, clock) as transport:
        lane = Lane(
            mx=lane_job.mx,
            transport=transport,
            sender=scenario.sender,
            campaign=scenario.campaign[0].name,
            template=job.template,
            clock=clock,
            # In real time the way to the gateway takes what it takes.
            round_trip_s=scenario.sender.round_trip if virtual else 0.0,
            write=ledger.pen(Attempt),
            done=done,
        )
        await lane.run(lane_job.deliveries)


@asynccontextmanager
async def _transport(job: Job, lane: LaneJob, gateway: Gateway, clock: Clock) -> AsyncIterator[Transport]:
    """Make the way to the lane's gateway; over sockets it has a nameserver that knows the lane's time."""
    patience_s = job.scenario.sender.patience
    filters = scanners.connect(job.scenario.scanners_asked, job.allowed)
    if job.carriage == "memory":

        async def ask(question: Question) -> Answer:
            return job.world.answer(question, clock.now())

        yield MemoryTransport(gateway, Supply(ask, clock.sleep, filters, patience_s))
        return
    is_virtual = isinstance(clock, VirtualClock)
    patience = Patience(patience_s)

    async def sleep(seconds: float) -> None:
        """Let the lane's time pass; should the sender lose its patience, it learns why its line is cut."""
        patience.is_out = is_virtual and seconds >= patience_s
        await clock.sleep(seconds)

    async with AsyncExitStack() as stack:
        names = await nameserver.serve(job.world, clock.now)
        stack.push_async_callback(names.close)
        ask_over_wire = Resolver(names.address, names.port).ask
        supply = Supply(ask_over_wire, sleep, filters, patience_s if is_virtual else math.inf)
        listener = await server.serve(gateway, supply, address=lane.company.address, allowed=job.allowed)
        stack.callback(listener.close)
        yield TcpTransport(
            lane.company.address,
            listener.sockets[0].getsockname()[1],
            allowed=job.allowed,
            deadline_s=PATIENCE_S if is_virtual else patience_s,
            patience=patience,
        )


def build_gateway(
    company: Company,
    directory: Directory,
    scenario: Scenario,
    clock: Clock,
    *,
    write: Callable[[Truth], None],
    post: Callable[[DeliveryReport], None],
) -> Gateway:
    """Put a company's gateway together. Its random stream depends on seed and name alone."""
    persona = company.persona
    return Gateway(
        name=company.name,
        host=company.host,
        persona=persona,
        directory=directory,
        policies=company.policies,
        claims=company.spec.claims,
        lies=company.spec.lies,
        size_limit=company.spec.size_limit or persona.size_limit,
        clock=clock,
        starts=scenario.starts.timestamp(),
        seed=f"{scenario.seed}:{company.name}:gateway",
        write=write,
        post=post,
        reports=company.spec.reports,
        xclient=company.spec.xclient,
    )


def share_out(lanes: Sequence[LaneJob], workers: int) -> list[list[LaneJob]]:
    """Deal lanes to workers, the longest first, each to whoever has least to do."""
    hands: list[list[LaneJob]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for lane in sorted(lanes, key=lambda lane: -len(lane.deliveries)):
        least = loads.index(min(loads))
        hands[least].append(lane)
        loads[least] += len(lane.deliveries)
    return [hand for hand in hands if hand]
