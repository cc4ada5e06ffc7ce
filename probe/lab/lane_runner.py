"""Runs lanes, in this process or in several: gateways, names and sender put together for each lane."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

from fake_gateways.clock import Clock, VirtualClock, WallClock
from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.dns.zone import World
from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory
from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.lab import event_loop
from probe.lab.connections import Place, wired
from probe.lab.gateways import build_gateway
from probe.lab.jsonl_log import Log
from probe.ledger import Intent, Ledger, Transcript
from probe.records.attempt import Attempt
from probe.returned_mail import mailbox_server as return_mailbox
from probe.returned_mail.joiner import Home
from probe.returned_mail.returned import Returned
from probe.scenario.companies import Company
from probe.scenario.model import Scenario
from probe.sender.destination_queue import QueuedTransaction
from probe.sender.lane import Lane
from probe.sender.messages import MessageBuilder
from probe.sender.progress import Counting, Tell
from probe.sender.resume import RemainingWork
from probe.sender.routes import Routes
from probe.sender.schedule import Transaction
from probe.sender.transport import TransportName
from probe.sender.transport.transcript import Recorder, RecordingTransport

LANES_AT_ONCE: Final = 64
"""Lanes of one process that run side by side; each holds a few sockets open."""

FLUSH_S: Final = 1.0
"""Real seconds after which what was written is committed, however little it is."""
TURNS: Final = 100
"""Transactions after which a lane lets others have a turn."""


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

    name: str
    companies: tuple[Company, ...]
    directories: dict[str, Directory]
    transactions: list[Transaction]
    remaining: RemainingWork | None = None

    @property
    def deliveries(self) -> int:
        """How many recipients there are, counted in each campaign."""
        return sum(map(len, self.transactions))


@dataclass(frozen=True)
class Job:
    """Lanes for one process. ``log`` is a file for a JSON object a line; ``transcripts`` keeps every dialogue."""

    lanes: list[LaneJob]
    scenario: Scenario
    world: World
    messages: MessageBuilder
    transport: TransportName
    ledger: Path
    allowed: tuple[Network, ...] = ()
    log: Path | None = None
    transcripts: bool = False


def run(job: Job, tell: Tell) -> None:
    """Run all lanes of a job to their end; ``tell`` hears of attempts as they are made."""
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(job.ledger))
        log = None if job.log is None else Log(stack.enter_context(job.log.open("a", encoding="utf-8", buffering=1)))
        event_loop.run(_run(job, ledger, log, Counting(tell)))


async def _run(job: Job, ledger: Ledger, log: Log | None, counting: Counting) -> None:
    room = asyncio.Semaphore(LANES_AT_ONCE)
    faults: list[BaseException] = []

    def note(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Keep what failed where nobody awaits it, such as a gateway's end of a socket."""
        del loop
        faults.append(context.get("exception") or RuntimeError(context["message"]))

    asyncio.get_running_loop().set_exception_handler(note)

    async def one(lane: LaneJob) -> None:
        async with room:
            await _run_lane(job, lane, ledger, log, counting)

    keeping = asyncio.create_task(_keep(ledger, counting))
    mailbox = await _open_mailbox(job, ledger)
    try:
        async with asyncio.TaskGroup() as group:
            for lane in job.lanes:
                group.create_task(one(lane))
        if mailbox is not None:
            await asyncio.sleep(job.scenario.sender.wait_for_reports)
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    finally:
        keeping.cancel()
        if mailbox is not None:
            mailbox.close()
    counting.tell()
    if faults:
        raise faults[0]


async def _open_mailbox(job: Job, ledger: Ledger) -> asyncio.Server | None:
    """Listen where reports of servers that are not ours come home; what they say is no lane's."""
    sender = job.scenario.sender
    if sender.return_mailbox is None or not job.scenario.is_foreign:
        return None
    home = Home("", ledger.pen(Returned))
    address, port = sender.return_mailbox
    clock = WallClock(job.scenario.starts.timestamp())
    take = partial(_take_home, home, clock)
    return await return_mailbox.listen(sender.return_path, take, address=address, port=port, allowed=job.allowed)


def _take_home(home: Home, clock: Clock, return_path: str, content: bytes) -> None:
    home.take(return_path, content, clock.now())


async def _keep(ledger: Ledger, counting: Counting) -> None:
    """Commit and tell now and then, so that a slow run that is killed keeps what it had."""
    while True:
        await asyncio.sleep(FLUSH_S)
        ledger.flush()
        counting.tell()


async def _run_lane(job: Job, lane_job: LaneJob, ledger: Ledger, log: Log | None, counting: Counting) -> None:
    """Run a lane, let the reports about it come home, and note that it is done, all in one commit."""
    scenario = job.scenario
    starts = scenario.starts.timestamp()
    virtual = scenario.clock == "virtual"
    remaining = lane_job.remaining
    clock: Clock = _CourteousClock(starts) if virtual else WallClock(starts if remaining is None else remaining.at)
    posted: list[DeliveryReport] = []
    keep_report = ledger.pen(DeliveryReport)

    def post(report: DeliveryReport) -> None:
        keep_report(report)
        posted.append(report)

    write = ledger.pen(Attempt) if log is None else log.beside("attempt", ledger.pen(Attempt))
    gateways = {
        company.address: build_gateway(
            company,
            lane_job.directories[company.name],
            scenario,
            clock,
            write=ledger.pen(Truth) if log is None else log.beside("truth", ledger.pen(Truth)),
            post=post,
            engage=ledger.pen(Engagement),
        )
        for company in lane_job.companies
        if company.spec.foreign is None
    }
    home = Home(lane_job.name, ledger.pen(Returned))
    recorder = Recorder() if job.transcripts else None
    place = Place(scenario, job.world, lane_job.companies, gateways, clock, home, job.allowed)
    async with wired(place, job.transport) as wiring:
        smart_host = scenario.sender.smart_host
        lane = Lane(
            name=lane_job.name,
            reach=wiring.reach if recorder is None else lambda to: RecordingTransport(wiring.reach(to), recorder),
            routes=Routes(
                wiring.ask,
                f"{scenario.seed}:{lane_job.name}:routes",
                None if smart_host is None else Exchanger(smart_host[0], smart_host[0]),
            ),
            sender=scenario.sender,
            messages=job.messages,
            clock=clock,
            # In real time the way to the gateway takes what it takes.
            round_trip_s=scenario.sender.round_trip if virtual else 0.0,
            write=write,
            note=lambda attempt, final: counting.note(lane_job.name, attempt, final=final),
            recorder=recorder,
            keep=ledger.pen(Transcript),
            about_to=_journal(lane_job.name, ledger) if scenario.is_foreign else _ignore,
        )
        await lane.run(lane_job.transactions, remaining)
        for report in sorted(posted, key=lambda report: (report.at, report.gateway, report.seq)):
            await clock.until(report.at)
            await wiring.bring_home(report)
    ledger.finish_lane(lane_job.name)


def _journal(lane: str, ledger: Ledger) -> Callable[[QueuedTransaction], None]:
    """Return what commits every intent before it is carried out, so that nothing is sent twice."""

    def about_to(queued: QueuedTransaction) -> None:
        ledger.add(Intent(lane, each.campaign, each.recipient, queued.number) for each in queued.deliveries)

    return about_to


def _ignore(queued: QueuedTransaction) -> None:
    """Take no note: the gateways of a lane that is run again remember nothing."""
    del queued


def share_out(lanes: Sequence[LaneJob], workers: int) -> list[list[LaneJob]]:
    """Deal lanes to workers, the longest first, each to whoever has least to do."""
    hands: list[list[LaneJob]] = [[] for _ in range(workers)]
    loads = [0] * workers
    for lane in sorted(lanes, key=lambda lane: -lane.deliveries):
        least = loads.index(min(loads))
        hands[least].append(lane)
        loads[least] += lane.deliveries
    return [hand for hand in hands if hand]
