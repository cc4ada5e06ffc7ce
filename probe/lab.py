"""The composition root: a scenario becomes a world, a run of it becomes books and a scorecard."""

from __future__ import annotations

import dataclasses
import json
import os
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fake_gateways import scanners
from fake_gateways.envelope import domain_of
from fake_gateways.loopback import Network, require_inside
from fake_gateways.units import LONGEST_S
from probe import event_loop, lane_job, workforce
from probe.check import gates, score
from probe.check.join import join
from probe.check.read import read_all
from probe.check.story import Key, stories
from probe.classify.chosen import BASELINES, Chosen, choose, names_in
from probe.classify.reading import Reading
from probe.input_error import InputError
from probe.lane_job import Job, LaneJob
from probe.ledger import FILE, Classification, Ledger, Mailbox, Planned, held
from probe.left import left_over
from probe.progress import Progress, Tell
from probe.retry import RetrySchedule
from probe.scenario.companies import Company
from probe.schedule import Quota, Transaction, plan
from probe.setting import Setting
from probe.wiring import Carriage

PER_WORKER: Final = 20_000
"""Recipients below which another process costs more than it saves."""


class BooksError(Exception):
    """The two books do not join: our bug, exit code 3."""


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
class Result:
    """What a run came to."""

    scorecard: score.Scorecard
    gates: list[gates.Gate]

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return all(gate.passed for gate in self.gates)

    def figures(self) -> dict[str, Any]:
        """Return the scorecard as scorecard.json holds it (schema 1)."""
        return {
            "schema": 1,
            **dataclasses.asdict(self.scorecard),
            "gates": [dataclasses.asdict(gate) for gate in self.gates],
        }


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
    bounds = expected(setting, options.classifiers)
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
            result = judge(ledger, bounds, options.classifiers, setting.foreign)
        scorecard = options.out / "scorecard.json"
        unfinished = scorecard.with_name(".scorecard.json")
        unfinished.write_text(json.dumps(result.figures(), indent=2) + "\n", "utf-8")
        unfinished.replace(scorecard)
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
    scenario = setting.loaded.scenario
    with Ledger.create(options.out) as ledger:
        ledger.note("complete", "no")
        ledger.note("scenario", scenario.name)
        ledger.note("seed", str(scenario.seed))
        ledger.note("transport", options.carriage)
        ledger.note("gateways", json.dumps([company.name for company in setting.companies]))
        ledger.note("campaigns", json.dumps([each.name for each in scenario.campaign]))
        ledger.add(mailboxes(setting))
        ledger.add(
            Planned(due.campaign, due.recipient, due.at, due.source, lane.name)
            for lane in lanes
            for transaction in lane.transactions
            for due in transaction
        )
        ledger.note("begun", setting.fingerprint)


def _resume(setting: Setting, options: Options, lanes: Sequence[LaneJob]) -> list[LaneJob] | None:
    """Return the lanes that are left, their unfinished rows deleted; None where nothing had begun.

    A lane that was cut off is run again from its beginning: the memory of its gateway went with it.
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
        if setting.loaded.scenario.is_foreign:
            return [_gone_on_with(setting, lane, ledger) for lane in left]
        if not ledger.complete:
            ledger.forget((lane.name for lane in left), (each.name for lane in left for each in lane.companies))
        return left


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


def mailboxes(setting: Setting) -> Iterator[Mailbox]:
    """Yield the rows of all mailboxes."""
    for name, directory in setting.directories.items():
        for address, state in directory.states.items():
            yield Mailbox(address, name, state, directory.left_at.get(address))


def expected(setting: Setting, classifiers: Sequence[Chosen]) -> list[gates.Bound]:
    """Read the scenario's gates against a scorecard of zeros; raises InputError."""
    companies = [company.name for company in setting.companies]
    scenario = setting.loaded.scenario
    card = score.Scorecard(scenario.name, scenario.seed, "", complete=False)
    score.score_truth(card, {}, {}, companies, [each.name for each in scenario.campaign])
    names = [each.name for each in classifiers]
    known = dict.fromkeys((*names, *BASELINES, *names_in(setting.loaded)))
    card.classifiers = {name: score.score_classifier({}, {}) for name in known}
    found = gates.bounds(scenario.expect, dataclasses.asdict(card), f"{setting.loaded.path}: expect")
    # A gate on a classifier that does not run this time is nobody's failure.
    return [bound for bound in found if bound.path[0] != "classifiers" or bound.path[1] in names]


def judge(
    ledger: Ledger, bounds: list[gates.Bound], classifiers: Sequence[Chosen], foreign: frozenset[str] = frozenset()
) -> Result:
    """Join the books, let the classifiers read, and score."""
    joined = join(ledger.truths(), ledger.attempts(), foreign)
    complete = ledger.complete
    if complete and not joined.whole:
        raise BooksError(
            f"{len(joined.orphaned_attempts)} attempts and {len(joined.orphaned_truths)} decisions join nothing; "
            f"the first: {next(iter([*joined.orphaned_attempts, *joined.orphaned_truths]))}"
        )
    known = {mailbox.address: mailbox for mailbox in ledger.mailboxes()}
    returned = list(ledger.returned())
    told = stories(joined.pairs, known, returned, ledger.engagements())
    readings: dict[str, dict[Key, Reading]] = {}
    for each in {chosen.name: chosen for chosen in (*choose([score.NAIVE]), *classifiers)}.values():
        with each.open() as classifier:
            readings[each.name] = read_all(each.name, classifier, told)
    ledger.replace(
        Classification(each.name, *key, reading.cause, reading.advice, reading.alive, reading.reason)
        for each in classifiers
        for key, reading in readings[each.name].items()
    )
    card = score.Scorecard(
        ledger.note("scenario") or "", int(ledger.note("seed") or 0), ledger.note("transport") or "", complete=complete
    )
    card.recipients = ledger.count(Planned)
    card.attempts = len(joined.pairs)
    names = (json.loads(ledger.note(kind) or "[]") for kind in ("gateways", "campaigns"))
    score.score_truth(card, told, readings[score.NAIVE], *names)
    score.score_returned(card, returned)
    card.classifiers = {each.name: score.score_classifier(told, readings[each.name]) for each in classifiers}
    card.books = ledger.digest()
    figures = dataclasses.asdict(card)
    return Result(card, [gates.judge(bound, figures) for bound in bounds])


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
