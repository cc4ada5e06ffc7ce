"""The composition root: a scenario becomes a world, a run of it becomes books and a scorecard."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from fake_gateways.loopback import require_inside
from probe.input_error import InputError
from probe.judge.judge import judge
from probe.judge.result import Result
from probe.lab import event_loop
from probe.lab import lane_runner as lane_job
from probe.lab.gates import expected
from probe.lab.gateways import require_scanners
from probe.lab.lane_processes import run_jobs
from probe.lab.lane_runner import Job, LaneJob
from probe.lab.open_books import open_books
from probe.lab.options import Options
from probe.lab.plan import group_into_lanes, plan_campaigns
from probe.lab.prepare import PreparedScenario
from probe.lab.resume import remaining_lanes
from probe.ledger import FILE, Ledger, Planned, held
from probe.sender.progress import Progress, Tell

PER_WORKER: Final = 20_000
"""Recipients below which another process costs more than it saves."""


def run_scenario(
    prepared: PreparedScenario,
    options: Options,
    *,
    begin: Callable[[Progress], None] = lambda _: None,
    tell: Tell = lambda _: None,
) -> Result:
    """Run a scenario into a folder and judge it.

    ``begin`` hears what is planned for each lane, ``tell`` of attempts as they are made. Raises InputError before
    anything is sent, OutsideError for an address beyond loopback and those allowed, after it BooksError and
    ClassifierError.
    """
    bound = expected(prepared, options.classifiers, options.gates)
    if options.transport == "tcp":
        for address in prepared.addresses:
            require_inside(address, options.allowed)
    if options.transport == "memory" and prepared.loaded.scenario.is_foreign:
        problem = "is a server of somebody else's, which cannot be reached without sockets"
        raise InputError(f"{prepared.loaded.path}: foreign or smart_host", problem, "run it with --transport tcp")
    if options.log is not None:
        _require_writable(options.log)
    with held(options.out):
        _send(prepared, options, begin, tell)
        with Ledger(options.out / FILE) as ledger:
            if not ledger.complete:
                ledger.seal()
            result = judge(ledger, options.classifiers, bound=bound, prices=options.prices)
        result.write(options.out)
    return result


def _require_writable(log: Path) -> None:
    try:
        log.open("a", encoding="utf-8").close()
    except OSError as error:
        raise InputError(f"--log {log}", f"cannot be written ({error.strerror})", "choose another file") from None


def _send(prepared: PreparedScenario, options: Options, begin: Callable[[Progress], None], tell: Tell) -> None:
    """Carry the campaigns out, or what is left of them."""
    event_loop.run(require_scanners(prepared, options.allowed))
    planned = plan_campaigns(prepared)
    lanes = group_into_lanes(prepared, planned)
    resumed = remaining_lanes(prepared, options, lanes) if options.resume else None
    if resumed is None:
        _begin(prepared, options, lanes)
    else:
        lanes = resumed
    progress = Progress()
    for lane in lanes:
        progress.plan(lane.name, lane.deliveries)
    begin(progress)
    if not lanes:
        return
    deliveries = sum(lane.deliveries for lane in lanes)
    # Servers that are not ours send their reports to one mailbox, so one process has to have it.
    most = 1 if prepared.loaded.scenario.is_foreign else options.workers
    workers = most or max(1, min(os.cpu_count() or 1, len(lanes), deliveries // PER_WORKER))
    hands = lane_job.share_out(lanes, min(workers, len(lanes)))
    jobs = [
        Job(
            hand,
            prepared.loaded.scenario,
            prepared.world,
            prepared.messages,
            options.transport,
            options.out / FILE,
            options.allowed,
            options.log,
            options.transcripts,
        )
        for hand in hands
    ]
    run_jobs(jobs, tell)


def _begin(prepared: PreparedScenario, options: Options, lanes: Sequence[LaneJob]) -> None:
    """Begin new books: what is true of the mailboxes, and what the sender sets out to do."""
    with Ledger.create(options.out) as ledger:
        open_books(ledger, prepared, options.transport)
        ledger.add(
            Planned(delivery.campaign, delivery.recipient, delivery.at, delivery.source, lane.name)
            for lane in lanes
            for transaction in lane.transactions
            for delivery in transaction
        )
        ledger.note("begun", prepared.fingerprint)
