"""The composition root: a scenario becomes a world, a run of it becomes books and a scorecard."""

from __future__ import annotations

import dataclasses
import json
import os
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from fake_gateways import nameserver, scanners
from fake_gateways.envelope import domain_of
from fake_gateways.exchanger import exchanger_of
from fake_gateways.loopback import Network, require_inside
from fake_gateways.mailboxes import Directory
from fake_gateways.resolver import Resolver
from fake_gateways.units import LONGEST_S
from fake_gateways.verdict import Answer, Question
from fake_gateways.zone import Listing, World
from probe import campaign, event_loop, lane_job, message, workforce
from probe.check import gates, score
from probe.check.join import join
from probe.classify import BASELINES
from probe.input_error import InputError
from probe.lane_job import Carriage, Job, LaneJob
from probe.ledger import FILE, Classification, Ledger, Mailbox, Planned, held
from probe.scenario.companies import Company, companies, staff
from probe.scenario.load import Loaded

PER_WORKER: Final = 20_000
"""Recipients below which another process costs more than it saves."""


class BooksError(Exception):
    """The two books do not join: our bug, exit code 3."""


class ClassifierError(Exception):
    """A classifier failed: exit code 4."""


@dataclass(frozen=True)
class Setting:
    """A scenario with everything in it made up and checked, ready to be run or served."""

    loaded: Loaded
    companies: tuple[Company, ...]
    directories: dict[str, Directory]
    recipients: list[campaign.Listed]
    template: message.Template
    world: World

    @property
    def addresses(self) -> list[str]:
        """Every address that mail goes from or to."""
        senders = [ip.address for ip in self.loaded.scenario.sender.ips]
        return senders + [company.address for company in self.companies]


def set_up(loaded: Loaded) -> Setting:
    """Make the companies, their people, the sender's list and the names; raises InputError."""
    scenario = loaded.scenario
    the_campaign = scenario.campaign[0]
    place = f"{loaded.path}: campaign[0]"
    found = companies(scenario, loaded.path)
    by_domain = {domain: company.name for company in found for domain in company.domains}
    listed: list[campaign.Listed] = []
    if the_campaign.recipients.seed_list:
        listed = campaign.read_list(loaded.folder / the_campaign.recipients.seed_list, f"{place}.recipients.seed_list")
    at_company: dict[str, list[str]] = {company.name: [] for company in found}
    for each in listed:
        domain = domain_of(each.address)
        if domain not in by_domain:
            raise InputError(
                f"{place}.recipients.seed_list: {each.address}",
                f"no gateway takes mail for {domain}, so it has no MX",
                f"add {domain} to a gateway's domains or remove the address",
            )
        at_company[by_domain[domain]].append(each.address.lower())
    directories = {
        company.name: staff(company, at_company[company.name], scenario.seed, loaded.path, scenario.starts.timestamp())
        for company in found
    }
    rng = random.Random(f"{scenario.seed}:{the_campaign.name}:recipients")  # noqa: S311 - must be repeatable
    everybody = [address for directory in directories.values() for address in sorted(directory.states)]
    recipients = campaign.choose(listed, everybody, the_campaign, rng, place)
    if not recipients:
        raise InputError(place, "has no recipients", "give the gateways mailboxes, or name a seed_list")
    template = message.read(loaded.folder / the_campaign.message, f"{place}.message")
    known = {"email", "domain", "given_name"}.union(*(each.fields for each in listed[:1]))
    unknown = sorted(template.fields - known)
    if unknown:
        problem = f"{{{{{unknown[0]}}}}} is no merge field"
        raise InputError(f"{place}.message", problem, f"use one of: {', '.join(sorted(known))}")
    setting = Setting(loaded, found, directories, recipients, template, _world(loaded, found))
    if len({":" in address for address in setting.addresses}) > 1:
        problem = "has IPv4 and IPv6 addresses that cannot reach each other"
        raise InputError(f"{loaded.path}: sender.ips", problem, "give sender and gateways addresses of one kind")
    return setting


def _world(loaded: Loaded, found: Iterable[Company]) -> World:
    """Give every company its exchanger, and the sender its names and its stays on blocklists."""
    scenario = loaded.scenario
    world = World()
    for company in found:
        world.add_host(company.host, company.address)
        for domain in company.domains:
            world.add(domain, "MX", f"10 {company.host}.")
    starts = scenario.starts.timestamp()
    sender = scenario.sender
    for ip in sender.ips:
        world.add_host(sender.helo, ip.address)
        world.add_listings(
            Listing(
                ip.address, listed.zone, starts + listed.since, None if listed.until is None else starts + listed.until
            )
            for listed in ip.listed
        )
    # RFC 7208: the sender's addresses may use its return-path.
    allowed = " ".join(f"ip{'6' if ':' in ip.address else '4'}:{ip.address}" for ip in sender.ips)
    if not any(record.type == "TXT" and record.name.lower() == sender.return_path for record in scenario.dns):
        world.add(sender.return_path, "TXT", f'"v=spf1 {allowed} -all"')
    for record in scenario.dns:
        until = None if record.until is None else starts + record.until
        value = record.value if record.type in {"A", "AAAA", "TXT"} else f"{record.value.rstrip('.')}."
        world.add(record.name.rstrip("."), record.type, value, since=starts + record.since, until=until)
    return world


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


def run(
    setting: Setting,
    *,
    carriage: Carriage,
    out: Path,
    classifiers: tuple[str, ...],
    workers: int | None = None,
    allowed: tuple[Network, ...] = (),
    begin: Callable[[int], None] = lambda _: None,
    done: Callable[[int], None] = lambda _: None,
) -> Result:
    """Run a scenario into a folder and judge it.

    ``begin`` hears how many recipients there are, ``done`` as they are finished with. Raises InputError before
    anything is sent, OutsideError for an address beyond loopback and ``allowed``, BooksError and ClassifierError after.
    """
    bounds = expected(setting, classifiers)
    if carriage == "tcp":
        for address in setting.addresses:
            require_inside(address, allowed)
    with held(out):
        return _run(
            setting,
            bounds=bounds,
            carriage=carriage,
            out=out,
            classifiers=classifiers,
            workers=workers,
            allowed=allowed,
            begin=begin,
            done=done,
        )


def _run(
    setting: Setting,
    *,
    bounds: list[gates.Bound],
    carriage: Carriage,
    out: Path,
    classifiers: tuple[str, ...],
    workers: int | None,
    allowed: tuple[Network, ...],
    begin: Callable[[int], None],
    done: Callable[[int], None],
) -> Result:
    scenario = setting.loaded.scenario
    starts = scenario.starts.timestamp() + scenario.campaign[0].at
    rng = random.Random(f"{scenario.seed}:{scenario.campaign[0].name}:plan")  # noqa: S311 - must be repeatable
    deliveries = campaign.plan(setting.recipients, scenario.sender, starts, rng)
    if deliveries[-1].at - starts > LONGEST_S:
        place = f"{setting.loaded.path}: sender.rate"
        raise InputError(place, "makes the campaign last longer than ten years", "send faster")
    event_loop.run(require_scanners(setting, allowed))
    routes = event_loop.run(_routes(setting, carriage, starts))
    lanes = _lanes(setting, deliveries, routes)
    with Ledger.create(out) as ledger:
        ledger.note("complete", "no")
        ledger.note("scenario", scenario.name)
        ledger.note("seed", str(scenario.seed))
        ledger.note("transport", carriage)
        ledger.note("gateways", json.dumps([company.name for company in setting.companies]))
        ledger.add(
            Mailbox(address, name, state)
            for name, directory in setting.directories.items()
            for address, state in directory.states.items()
        )
        ledger.add(
            Planned(scenario.campaign[0].name, due.recipient, due.at, due.source, lane.mx)
            for lane in lanes
            for due in lane.deliveries
        )
    path = out / FILE
    workers = workers or max(1, min(os.cpu_count() or 1, len(lanes), len(deliveries) // PER_WORKER))
    hands = lane_job.share_out(lanes, min(workers, len(lanes)))
    jobs = [Job(hand, scenario, setting.world, setting.template, carriage, path, allowed) for hand in hands]
    begin(len(deliveries))
    workforce.run(jobs, done)
    with Ledger(path) as ledger:
        ledger.seal()
        result = judge(ledger, bounds, classifiers)
    (out / "scorecard.json").write_text(json.dumps(result.figures(), indent=2) + "\n", "utf-8")
    return result


def expected(setting: Setting, classifiers: tuple[str, ...]) -> list[gates.Bound]:
    """Read the scenario's gates against a scorecard of zeros; raises InputError."""
    names = [company.name for company in setting.companies]
    scenario = setting.loaded.scenario
    card = score.Scorecard(scenario.name, scenario.seed, "", complete=False)
    score.score_truth(card, {}, {}, names)
    card.classifiers = {name: score.score_classifier({}, {}) for name in dict.fromkeys((*classifiers, *BASELINES))}
    found = gates.bounds(scenario.expect, dataclasses.asdict(card), f"{setting.loaded.path}: expect")
    # A gate on a classifier that does not run this time is nobody's failure.
    return [bound for bound in found if bound.path[0] != "classifiers" or bound.path[1] in classifiers]


def judge(ledger: Ledger, bounds: list[gates.Bound], classifiers: tuple[str, ...]) -> Result:
    """Join the books, let the classifiers read, and score."""
    joined = join(ledger.truths(), ledger.attempts())
    complete = ledger.complete
    if complete and not joined.whole:
        raise BooksError(
            f"{len(joined.orphaned_attempts)} attempts and {len(joined.orphaned_truths)} decisions join nothing; "
            f"the first: {next(iter([*joined.orphaned_attempts, *joined.orphaned_truths]))}"
        )
    mailboxes = {mailbox.address: mailbox.state for mailbox in ledger.mailboxes()}
    told = score.stories(joined.pairs, mailboxes)
    readings = {name: _read(name, told) for name in dict.fromkeys((*classifiers, score.NAIVE))}
    ledger.add(
        Classification(name, recipient, reading.cause, reading.suppress, reading.confidence, reading.reason)
        for name in classifiers
        for recipient, reading in readings[name].items()
    )
    card = score.Scorecard(
        ledger.note("scenario") or "", int(ledger.note("seed") or 0), ledger.note("transport") or "", complete=complete
    )
    card.recipients = ledger.count(Planned)
    card.attempts = len(joined.pairs)
    score.score_truth(card, told, readings[score.NAIVE], json.loads(ledger.note("gateways") or "[]"))
    card.classifiers = {name: score.score_classifier(told, readings[name]) for name in classifiers}
    card.books = ledger.digest()
    figures = dataclasses.asdict(card)
    return Result(card, [gates.judge(bound, figures) for bound in bounds])


def _read(name: str, told: dict[str, score.Story]) -> dict[str, Any]:
    try:
        return score.read_all(told, BASELINES[name]())
    except Exception as error:
        raise ClassifierError(f"classifier {name} failed: {type(error).__name__}: {error}") from error


async def _routes(setting: Setting, carriage: Carriage, at: float) -> dict[str, str]:
    """Resolve every recipient domain as the sender would, at the campaign's start; returns host by domain."""
    domains = sorted({domain_of(each.address) for each in setting.recipients})
    if carriage == "memory":

        async def ask(question: Question) -> Answer:
            return setting.world.answer(question, at)

        found = [await exchanger_of(domain, ask) for domain in domains]
    else:
        names = await nameserver.serve(setting.world, lambda: at)
        try:
            resolver = Resolver(names.address, names.port)
            found = [await exchanger_of(domain, resolver.ask) for domain in domains]
        finally:
            await names.close()
    routes = {}
    known = {company.host for company in setting.companies}
    for domain, exchanger in zip(domains, found, strict=True):
        if exchanger is None:
            raise InputError(
                f"{setting.loaded.path}: {domain}", "has no mail exchanger", "give the domain to a gateway"
            )
        if exchanger.host not in known:
            place = f"{setting.loaded.path}: dns"
            problem = f"leads mail for {domain} to {exchanger.host}, which is none of the gateways"
            raise InputError(place, problem, f"name {domain}'s gateway, or leave its MX to fivefifty")
        routes[domain] = exchanger.host
    return routes


def _lanes(setting: Setting, deliveries: list[campaign.Delivery], routes: dict[str, str]) -> list[LaneJob]:
    """Group deliveries by exchanger: one lane each."""
    by_host: dict[str, list[campaign.Delivery]] = {}
    for due in deliveries:
        by_host.setdefault(routes[domain_of(due.recipient)], []).append(due)
    company_of = {company.host: company for company in setting.companies}
    return [
        LaneJob(company_of[host], setting.directories[company_of[host].name], host, dues)
        for host, dues in by_host.items()
    ]
