"""Runs a scenario: plans it, sends its campaigns into a folder of books, and judges them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fake_gateways.loopback import require_inside
from probe.input_error import InputError
from probe.judge.result import JudgedRun
from probe.lab import event_loop
from probe.lab.gates import expected, readers
from probe.lab.gateways import require_scanners
from probe.lab.jsonl_log import write_log
from probe.lab.judge_run import OnJudged, judge_run
from probe.lab.lane_job import LaneJob
from probe.lab.lane_processes import run_jobs
from probe.lab.lane_runner import WorkerJob
from probe.lab.open_books import mailboxes, open_books
from probe.lab.options import Options
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario
from probe.lab.resume import remaining_lanes
from probe.lab.shares import processes_for, share_out
from probe.ledger import FILE, Ledger
from probe.ledger.locks import locked
from probe.sender.progress import OnSteps, Progress
from probe.shortage import shortages
from probe.user_files import require_writable


def run_scenario(
    prepared: PreparedScenario,
    options: Options,
    *,
    begin: Callable[[Progress], None] = lambda _: None,
    tell: OnSteps = lambda _: None,
    tell_judged: OnJudged = lambda *_: None,
    remark: Callable[[str], None] = lambda _: None,
) -> JudgedRun:
    """Run a scenario into a folder and judge it.

    ``begin`` gets the number of deliveries planned for each lane; ``tell`` gets the progress, ``tell_judged`` that of
    the judge, ``remark`` what the user should know. Before anything is sent, raises InputError, and OutsideError for an
    address beyond loopback and the allowed networks. Afterwards raises BooksError and ClassifierError.
    """
    bound = expected(prepared, options.classifiers, options.gates)
    if options.transport == "tcp":
        for address in prepared.addresses:
            require_inside(address, options.allowed)
    if options.transport == "memory" and prepared.loaded.scenario.is_foreign:
        problem = "is a real server, which cannot be reached without sockets"
        raise InputError(f"{prepared.loaded.path}: foreign or smart_host", problem, "run it with --transport tcp")
    require_writable("--log", options.log)
    with locked(options.out):
        with shortages():
            _send(prepared, options, begin, tell)
        with Ledger(options.out / FILE) as ledger:
            if not ledger.complete:
                if prepared.loaded.scenario.sender.watch is not None:
                    # Few runs watch, and every run would wait for these imports.
                    from probe.lab.watch_run import watch_run  # noqa: PLC0415

                    watch_run(prepared, ledger)
                if options.log is not None:
                    ledger.index()
                    write_log(options.log, ledger)
                ledger.seal()
            elif options.log is not None:
                remark(f"--log {options.log}: nothing is appended, because the run in {options.out} has ended before")
        reading = readers(prepared.loaded, options.classifiers)
        result = judge_run(
            options.out, reading, bound=bound, prices=options.prices, workers=options.workers, tell=tell_judged
        )
        result.write(options.out)
    return result


def _send(prepared: PreparedScenario, options: Options, begin: Callable[[Progress], None], tell: OnSteps) -> None:
    """Send all campaigns, or what an interrupted run left of them."""
    event_loop.run(require_scanners(prepared, options.allowed))
    lanes = plan_lanes(prepared)
    resumed = remaining_lanes(prepared, options, lanes) if options.resume else None
    if resumed is None:
        _create_books(prepared, options, lanes)
    else:
        lanes = resumed
    progress = Progress()
    for lane in lanes:
        progress.plan(lane.name, lane.deliveries)
    begin(progress)
    if not lanes:
        return
    is_foreign = prepared.loaded.scenario.is_foreign
    # Real servers send their reports to one mailbox, so only one process can own it.
    wanted = 1 if is_foreign else options.workers
    workers = wanted or processes_for(sum(lane.deliveries for lane in lanes), len(lanes))
    shares = [lanes] if is_foreign else share_out(lanes, lambda lane: lane.deliveries, workers)
    jobs = [
        WorkerJob(
            lanes=share,
            scenario=prepared.loaded.scenario,
            world=prepared.world,
            messages=prepared.messages,
            transport=options.transport,
            ledger=options.out / FILE,
            allowed=options.allowed,
            transcripts=options.transcripts,
        )
        for share in shares
    ]
    run_jobs(jobs, min(workers, len(jobs)), tell)


def _create_books(prepared: PreparedScenario, options: Options, lanes: Sequence[LaneJob]) -> None:
    """Create the books: the truth about gateways, and about the mailboxes that get no mail."""
    reached = {company.name for lane in lanes for company in lane.population.companies}
    with Ledger.create(options.out) as ledger:
        open_books(ledger, prepared, options.transport, lanes)
        # Each lane writes the mailboxes of its own companies.
        for company in prepared.companies:
            if company.name not in reached:
                ledger.add(mailboxes({company.name: prepared.directory(company)}))
        ledger.note("begun", prepared.fingerprint)
