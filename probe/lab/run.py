"""The composition root: a scenario becomes a world, a run of it becomes books and a scorecard."""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fake_gateways import scanners
from fake_gateways.loopback import Network, require_inside
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.units import LONGEST_S
from probe.classify.reading import Chosen
from probe.classify.registry import names_in
from probe.input_error import InputError
from probe.judge import gates
from probe.judge.judge import Result, bounds, judge, open_books
from probe.judge.prices import Prices
from probe.lab import event_loop
from probe.lab import lane_runner as lane_job
from probe.lab import processes as workforce
from probe.lab.connections import Carriage
from probe.lab.lane_runner import Job, LaneJob
from probe.lab.prepare import Setting
from probe.ledger import FILE, Ledger, Planned, held
from probe.scenario.companies import Company
from probe.sender.progress import Progress, Tell
from probe.sender.resume import left_over
from probe.sender.retry import RetrySchedule
from probe.sender.schedule import Quota, Transaction, plan

PER_WORKER: Final = 20_000
"""Recipients below which another process costs more than it saves."""


async def require_scanners(setting: Setting, allowed: tuple[Network, ...]) -> None:
    """Raise InputError where a content filter that some gateway asks cannot be asked: nobody would refuse anything."""
    asked = setting.loaded.scenario.scanners_asked
    try:
        found = scanners.connect(asked, allowed)
    except ImportError as error:
        problem, _, remedy = str(error).partition("; ")
        raise InputError(f"{setting.loaded.path}: scanners", problem, remedy) from None
    for name, scanner in found.items():
        if not await scanner.is_there():
            host, port = asked[name]
            place = f"{setting.loaded.path}: scanners.{name}"
            raise InputError(
                place, f"nobody answers at {host} port {port}", f"start {name} there, or correct the address"
            )


@dataclass(frozen=True)
class Options:
    """How a scenario is to be run. ``resume`` goes on with what an earlier run left unfinished in the folder."""

    carriage: Carriage
    out: Path
    classifiers: tuple[Chosen, ...]
    workers: int | None = None
    allowed: tuple[Network, ...] = ()
    resume: bool = False
    log: Path | None = None
    transcripts: bool = False
    gates: tuple[Mapping[str, Any], ...] = ()
    prices: Prices | None = None


def run(
    setting: Setting,
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
    bound = expected(setting, options.classifiers, options.gates)
    if options.carriage == "tcp":
        for address in setting.addresses:
            require_inside(address, options.allowed)
    if options.carriage == "memory" and setting.loaded.scenario.is_foreign:
        problem = "is a server of somebody else's, which cannot be reached without sockets"
        raise InputError(f"{setting.loaded.path}: foreign or smart_host", problem, "run it with --transport tcp")
    if options.log is not None:
        _require_writable(options.log)
    with held(options.out):
        _send(setting, options, begin, tell)
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


def _send(setting: Setting, options: Options, begin: Callable[[Progress], None], tell: Tell) -> None:
    """Carry the campaigns out, or what is left of them."""
    event_loop.run(require_scanners(setting, options.allowed))
    planned = _plan(setting)
    lanes = _lanes(setting, planned)
    resumed = _resume(setting, options, lanes) if options.resume else None
    if resumed is None:
        _begin(setting, options, lanes)
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
    most = 1 if setting.loaded.scenario.is_foreign else options.workers
    workers = most or max(1, min(os.cpu_count() or 1, len(lanes), deliveries // PER_WORKER))
    hands = lane_job.share_out(lanes, min(workers, len(lanes)))
    jobs = [
        Job(
            hand,
            setting.loaded.scenario,
            setting.world,
            setting.mail,
            options.carriage,
            options.out / FILE,
            options.allowed,
            options.log,
            options.transcripts,
        )
        for hand in hands
    ]
    workforce.run(jobs, tell)


def _begin(setting: Setting, options: Options, lanes: Sequence[LaneJob]) -> None:
    """Begin new books: what is true of the mailboxes, and what the sender sets out to do."""
    with Ledger.create(options.out) as ledger:
        open_books(ledger, setting, options.carriage)
        ledger.add(
            Planned(due.campaign, due.recipient, due.at, due.source, lane.name)
            for lane in lanes
            for transaction in lane.transactions
            for due in transaction
        )
        ledger.note("begun", setting.fingerprint)


def _resume(setting: Setting, options: Options, lanes: Sequence[LaneJob]) -> list[LaneJob] | None:
    """Return the lanes that are left, their unfinished rows deleted; None where nothing had begun.

    A lane that was cut off is run again from its beginning: the memory of its gateway went with it. One that has a
    server of somebody else's goes on where it stopped, as such a server remembers.
    """
    if not (options.out / FILE).is_file():
        return None
    with Ledger.open(options.out) as ledger:
        begun = ledger.note("begun")
        if begun is None:
            return None
        if begun != setting.fingerprint or ledger.note("transport") != options.carriage:
            problem = "holds a run of another scenario, seed or transport"
            raise InputError(options.out, problem, "run what was begun there, or choose another folder with --out")
        finished = ledger.finished_lanes()
        left = [lane for lane in lanes if lane.name not in finished]
        smart_host = setting.loaded.scenario.sender.smart_host
        strange = {lane.name for lane in left if smart_host or any(each.spec.foreign for each in lane.companies)}
        ours = [lane for lane in left if lane.name not in strange]
        if not ledger.complete:
            ledger.forget((lane.name for lane in ours), (each.name for lane in ours for each in lane.companies))
        return [_gone_on_with(setting, lane, ledger) if lane.name in strange else lane for lane in left]


def _gone_on_with(setting: Setting, lane: LaneJob, ledger: Ledger) -> LaneJob:
    """Return what is left of a lane at servers that are not ours, and write down what is in doubt."""
    sender = setting.loaded.scenario.sender
    left = left_over(
        lane.name,
        lane.transactions,
        (attempt for attempt in ledger.attempts() if attempt.lane == lane.name),
        (intent for intent in ledger.intents() if intent.lane == lane.name),
        schedule=RetrySchedule(sender.retry),
        mail=setting.mail,
        starts=setting.loaded.scenario.starts.timestamp(),
    )
    ledger.add(left.in_doubt)
    return dataclasses.replace(lane, left=left)


def expected(
    setting: Setting, classifiers: Sequence[Chosen], more: Sequence[Mapping[str, Any]] = ()
) -> list[gates.Bound]:
    """Read the scenario's gates, and ``more`` of them from elsewhere; raises InputError."""
    scenario = setting.loaded.scenario
    names = {
        "classifiers": [each.name for each in classifiers],
        "others": names_in(setting.loaded),
        "gateways": [company.name for company in setting.companies],
        "campaigns": [each.name for each in scenario.campaign],
    }
    found = bounds(scenario.expect, place=f"{setting.loaded.path}: expect", **names)
    for each in more:
        found += bounds(each, place="--gate", **names)
    return found


def _plan(setting: Setting) -> list[Transaction]:
    """Plan every campaign; raises InputError for one that would last too long."""
    scenario = setting.loaded.scenario
    quota = Quota(scenario.starts.timestamp())
    zones = {domain: company.spec.time_zone for company in setting.companies for domain in company.domains}
    planned: list[Transaction] = []
    for each in scenario.campaign:
        rng = random.Random(f"{scenario.seed}:{each.name}:plan")  # noqa: S311 - must be repeatable
        transactions = plan(
            each,
            setting.recipients[each.name],
            scenario.sender,
            quota=quota,
            rng=rng,
            zone_of=lambda recipient: zones.get(domain_of(recipient), "UTC"),
        )
        if transactions[-1][0].at - quota.starts - each.at > LONGEST_S:
            place = f"{setting.loaded.path}: sender.rate"
            raise InputError(place, "makes the campaign last longer than ten years", "send faster")
        planned += transactions
    return planned


def _lanes(setting: Setting, planned: Iterable[Transaction]) -> list[LaneJob]:
    """Group transactions by the exchangers they may go to: those that share a domain share a lane."""
    by_domain: dict[str, list[Transaction]] = {}
    for transaction in planned:
        by_domain.setdefault(domain_of(transaction[0].recipient), []).append(transaction)
    if setting.loaded.scenario.sender.smart_host is not None:
        transactions = [each for group in by_domain.values() for each in group]
        return [LaneJob("smart-host", setting.companies, setting.directories, transactions)]
    # Domains that have an address in common are put together: every address knows the group it is in.
    group_of: dict[str, set[str]] = {}
    for domain in by_domain:
        group = set(setting.ways(domain)) or {domain}
        for address in tuple(group):
            group |= group_of.get(address, set())
        group_of.update(dict.fromkeys(group, group))
    members: dict[int, list[Company]] = {}
    for company in setting.companies:
        if company.address in group_of:
            members.setdefault(id(group_of[company.address]), []).append(company)
    found: dict[int, list[Transaction]] = {}
    names: dict[int, str] = {}
    for domain, transactions in by_domain.items():
        number = id(group_of[next(iter(setting.ways(domain)), domain)])
        found.setdefault(number, []).extend(transactions)
        names.setdefault(number, members[number][0].name if number in members else domain)
    return [
        LaneJob(
            names[number],
            tuple(members.get(number, ())),
            {company.name: setting.directories[company.name] for company in members.get(number, ())},
            transactions,
        )
        for number, transactions in found.items()
    ]
