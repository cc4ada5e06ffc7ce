"""Runs the lanes of one process: builds the gateways, connections and sender of each lane."""

from __future__ import annotations

import asyncio
import gc
import itertools
import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from fake_gateways.clock import Clock, VirtualClock, WallClock
from fake_gateways.dns.mx_lookup import Exchanger
from fake_gateways.dns.zone import World
from fake_gateways.loopback import Network
from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.input_error import InputError
from probe.judge.conservation import FINAL
from probe.lab import event_loop
from probe.lab.connections import LaneContext, connect_lane
from probe.lab.faults import Faults
from probe.lab.gateways import build_gateways
from probe.lab.lane_job import LaneJob
from probe.lab.listeners import Listeners
from probe.lab.open_books import mailboxes
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Intent, Mailbox, Planned, Probe, Transcript
from probe.returned_mail.joiner import ReturnJoiner
from probe.scenario.model import Scenario
from probe.sender.destination_queue import QueuedTransaction
from probe.sender.lane import Lane
from probe.sender.lane_schedule import Transaction
from probe.sender.messages import MessageBuilder
from probe.sender.progress import OnSteps, StepCounter
from probe.sender.routes import Routes
from probe.sender.transport import TransportName
from probe.sender.transport.transcript import Recorder, RecordingTransport

if TYPE_CHECKING:
    from probe.lab.inquiries import Inquiries

LANES_AT_ONCE: Final = {"tcp": 64, "memory": 1}
"""Lanes of one process that run at the same time. While one waits for a socket, others run; in memory none waits."""

LANES_AT_A_COLLECTION: Final = {"tcp": 8, "memory": 1}
"""Lanes that end between two collections of garbage. Each collection looks at all lanes that run."""

FLUSH_S: Final = 1.0
"""Real seconds between two commits, however few rows there are."""
STILL: Final = 600
"""Times without a row to commit, one after the other, until a run in simulated time ends. All its servers are its own,
and none waits in real time, so it would last for ever. Of a process that is stopped, only one such time is counted."""
TURNS: Final = 100
"""Transactions after which a lane lets other lanes and signal handlers run."""


class _YieldingClock(VirtualClock):
    """Virtual time that yields to the event loop now and then. Without sockets nothing else would do so."""

    _turns = 0

    async def until(self, at: float) -> None:
        """Move to a moment."""
        self._turns += 1
        if self._turns % TURNS == 0:
            await asyncio.sleep(0)
        self._now = at


@dataclass(frozen=True, kw_only=True)
class WorkerJob:
    """The lanes of one process. ``ledger`` is a file; ``transcripts`` keeps every dialogue."""

    lanes: list[LaneJob]
    scenario: Scenario
    world: World
    messages: MessageBuilder
    transport: TransportName
    ledger: Path
    allowed: tuple[Network, ...] = ()
    transcripts: bool = False


def run_lanes(job: WorkerJob, on_steps: OnSteps) -> None:
    """Run all lanes of a job to their end; ``on_steps`` gets the progress."""
    with Ledger(job.ledger) as ledger:
        event_loop.run(_run(job, ledger, StepCounter(on_steps)))


async def _run(job: WorkerJob, ledger: Ledger, counter: StepCounter) -> None:
    semaphore = asyncio.Semaphore(LANES_AT_ONCE[job.transport])
    ended = itertools.count(1)
    faults = Faults()
    asyncio.get_running_loop().set_exception_handler(faults.note)

    async def run_one(lane: LaneJob) -> None:
        async with semaphore:
            written = await _run_lane(job, lane, ledger, counter, faults)
            faults.raise_first()  # it may have changed what happened in this lane
            ledger.finish_lane(lane.name, written)
            if next(ended) % LANES_AT_A_COLLECTION[job.transport] == 0:
                gc.collect()  # the parts of a lane refer to each other, so nothing else would free it soon

    scenario = job.scenario
    mailbox = scenario.sender.return_mailbox if scenario.is_foreign else None
    try:
        async with Listeners(WallClock(scenario.starts.timestamp()), job.allowed) as listeners:
            # Real servers send their reports to one mailbox; the reports belong to no lane.
            if mailbox is not None:
                joiner = ReturnJoiner("", ledger.writer(Returned))
                await listeners.open_return_mailbox(scenario.sender, joiner, port=mailbox[1])
            # The first task that fails ends all others.
            async with asyncio.TaskGroup() as group:
                most = STILL if scenario.clock == "virtual" else math.inf
                keeping = group.create_task(_keep(ledger, counter, faults, most))
                for task in [group.create_task(run_one(lane)) for lane in job.lanes]:
                    await task
                if mailbox is not None:
                    await asyncio.sleep(scenario.sender.wait_for_reports)
                keeping.cancel()
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
    counter.flush()
    faults.raise_first()


async def _keep(ledger: Ledger, counter: StepCounter, faults: Faults, most: float) -> None:
    """Commit rows and report progress regularly, so that a slow run that is killed keeps its rows.

    Raises a fault, and InputError after ``most`` times without a row.
    """
    still = 0
    while still < most:
        with suppress(TimeoutError):
            await asyncio.wait_for(faults.noted.wait(), FLUSH_S)
        faults.raise_first()
        still = 0 if ledger.flush() else still + 1
        counter.flush()
    problem = f"has got no row for {still * FLUSH_S:.0f} s: no server of the run answers"
    raise InputError(
        ledger.path, problem, "look whether sockets of 127.0.0.0/8 are blocked, then repeat it with --resume"
    )


@dataclass
class _ReturningMail:
    """Takes what gateways send back. If it ``is_heard``, the sender gets it when it is due, else after the lane.

    ``lane`` is the sender, ``deliver`` sends a report to the return mailbox.
    """

    write: Callable[[DeliveryReport], None]
    write_returned: Callable[[Returned], None]
    is_heard: bool
    lane: Lane | None = None
    deliver: Callable[[DeliveryReport], Awaitable[None]] | None = None
    posted: list[DeliveryReport] = field(default_factory=list)

    def post(self, report: DeliveryReport) -> None:
        """Write a report, and send it when it is due."""
        self.write(report)
        if self.is_heard and self.lane is not None and self.deliver is not None:
            self.lane.later(report.at, partial(_deliver_at, self.deliver, report))
        else:
            self.posted.append(report)

    def returned(self, row: Returned) -> None:
        """Write mail that came back, and tell the sender."""
        self.write_returned(row)
        if self.is_heard and self.lane is not None:
            self.lane.hear(row)


async def _deliver_at(deliver: Callable[[DeliveryReport], Awaitable[None]], report: DeliveryReport, at: float) -> None:
    del at
    await deliver(report)


async def _run_lane(
    job: WorkerJob, lane_job: LaneJob, ledger: Ledger, counter: StepCounter, faults: Faults
) -> dict[str, int]:
    """Run a lane and deliver the reports about it. Return how many rows it has written, by table.

    Of a lane that has run from its beginning, ``final`` is how many deliveries came to an end.
    """
    scenario = job.scenario
    starts = scenario.starts.timestamp()
    virtual = scenario.clock == "virtual"
    remaining = lane_job.remaining
    clock: Clock = _YieldingClock(starts) if virtual else WallClock(starts if remaining is None else remaining.at)
    written = dict(lane_job.written)
    writer = partial(ledger.writer, counts=written)
    # In real time a retest would come days later: there, reports are read when all else is done.
    mail = _ReturningMail(
        write=writer(DeliveryReport),
        write_returned=writer(Returned),
        is_heard=virtual and scenario.sender.retest is not None,
    )
    companies = lane_job.population.companies
    directories = lane_job.directories()
    transactions = lane_job.transactions(scenario, directories)
    if remaining is None:
        written[FINAL] = 0
        transactions = _noted(lane_job, transactions, writer(Planned))
        write_mailbox = writer(Mailbox)
        for row in mailboxes(directories):
            write_mailbox(row)
    gateways = build_gateways(
        [company for company in companies if company.spec.foreign is None],
        directories,
        scenario,
        clock,
        write=writer(Truth),
        post=mail.post,
        engage=writer(Engagement),
    )
    context = LaneContext(
        scenario=scenario,
        world=job.world,
        companies=companies,
        gateways=gateways,
        clock=clock,
        joiner=ReturnJoiner(lane_job.name, mail.returned),
        allowed=job.allowed,
    )

    asking: Inquiries | None = None

    def note(attempt: Attempt, final: bool) -> None:  # noqa: FBT001 - as a lane calls it
        if final and FINAL in written:
            written[FINAL] += 1
        counter.count(lane_job.name, attempt, final=final)
        if asking is not None:
            asking.note(attempt, final=final)

    recorder = Recorder() if job.transcripts else None
    smart_host = scenario.sender.smart_host
    async with connect_lane(context, job.transport) as connections:
        reach = connections.reach
        lane = Lane(
            name=lane_job.name,
            reach=reach if recorder is None else lambda to: RecordingTransport(reach(to), recorder),
            routes=Routes(
                connections.ask,
                f"{scenario.seed}:{lane_job.name}:routes",
                None if smart_host is None else Exchanger(smart_host[0], smart_host[0]),
            ),
            sender=scenario.sender,
            messages=job.messages,
            clock=clock,
            # In real time the exchanges themselves take time.
            round_trip_s=scenario.sender.round_trip if virtual else 0.0,
            write=writer(Attempt),
            note=note,
            recorder=recorder,
            keep=writer(Transcript),
            about_to=_journal(lane_job.name, ledger) if scenario.is_foreign else _no_journal,
        )
        mail.lane, mail.deliver = lane, connections.deliver_report
        if scenario.sender.diagnose is not None:
            # Few runs make experiments, and every process would wait for these imports.
            from probe.lab.diagnose_lab import LabLane  # noqa: PLC0415
            from probe.lab.inquiries import Inquiries  # noqa: PLC0415

            asked = LabLane(
                scenario, job.messages, job.world, lane_job, clock, gateways, connections, lane.routes, [], faults
            )
            asking = Inquiries(asked, scenario.sender.diagnose, lane.later, writer(Probe))
            transactions = asked.noted(transactions)
        await lane.run(transactions, remaining)
        if asking is not None:
            ledger.add(asking.rows())
        for report in sorted(mail.posted, key=lambda report: (report.at, report.gateway, report.seq)):
            await clock.until(report.at)
            await connections.deliver_report(report)
    return written


def _noted(
    lane: LaneJob, transactions: Iterator[Transaction], write_row: Callable[[Planned], None]
) -> Iterator[Transaction]:
    """Yield the transactions of a lane, and write each planned delivery when it is taken."""
    for transaction in transactions:
        for each in transaction:
            write_row(lane.planned(each))
        yield transaction


def _journal(lane: str, ledger: Ledger) -> Callable[[QueuedTransaction], None]:
    """Return a function that commits every intent before its transaction begins, so that nothing is sent twice."""

    def about_to(queued: QueuedTransaction) -> None:
        ledger.add(
            Intent(lane=lane, campaign=each.campaign, recipient=each.recipient, number=queued.number)
            for each in queued.deliveries
        )

    return about_to


def _no_journal(queued: QueuedTransaction) -> None:
    """No journal needed: a simulated lane restarts from scratch."""
    del queued
