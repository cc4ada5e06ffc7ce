"""Prepares a scenario: makes its companies, mailboxes and DNS, and reads its lists and messages."""

from __future__ import annotations

import hashlib
import random
from array import array
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from fake_gateways.dns.zone import Listing, World
from fake_gateways.people.directory import Directory
from fake_gateways.smtp.envelope import domain_of
from probe.input_error import InputError, one_of
from probe.lab.check_routes import check_routes, exchangers
from probe.lab.lane_job import LaneJob
from probe.lab.population import CampaignRecipients, Population, populate
from probe.scenario.companies import Company, companies
from probe.scenario.load import Loaded
from probe.scenario.sending import Campaign
from probe.sender import template
from probe.sender.dkim import Signer, signer
from probe.sender.lane_schedule import LaneSchedule
from probe.sender.messages import MessageBuilder, MessageFile
from probe.sender.recipients import NUMBERS, ListEntry, choose, read_list


@dataclass(frozen=True)
class PreparedScenario:
    """A scenario ready to be run or served. ``recipients`` are by campaign.

    ``entries`` are the recipients of all lists, whose numbers follow those of the population.
    """

    loaded: Loaded
    population: Population
    entries: Sequence[ListEntry]
    recipients: dict[str, CampaignRecipients]
    messages: MessageBuilder
    world: World

    @property
    def companies(self) -> tuple[Company, ...]:
        """Every company."""
        return self.population.companies

    @property
    def everybody(self) -> list[str]:
        """Every recipient of any campaign, once, in the order of the lists. Every directory is made for it."""
        return list(dict.fromkeys(each for listed in self.recipients.values() for each in listed.addresses()))

    @cached_property
    def domains(self) -> list[str]:
        """The domains of all recipients, sorted."""
        return sorted({domain for listed in self.recipients.values() for domain in listed.domains()})

    @property
    def addresses(self) -> list[str]:
        """Every IP address that mail goes from or to."""
        scenario = self.loaded.scenario
        found = [ip.address for ip in scenario.sender.ips] + [company.address for company in self.companies]
        if scenario.sender.smart_host is not None:
            found.append(scenario.sender.smart_host[0])
        return [
            *dict.fromkeys(
                [*found, *(address for domain in self.domains for address in self.exchanger_addresses(domain))]
            )
        ]

    @property
    def foreign(self) -> frozenset[str]:
        """The IP addresses of real servers."""
        smart_host = self.loaded.scenario.sender.smart_host
        found = {company.address for company in self.companies if company.spec.foreign}
        return frozenset(found | ({smart_host[0]} if smart_host else set()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over scenario, seed, lists and messages: equal for equal runs."""
        scenario = self.loaded.scenario.model_dump(
            by_alias=True, exclude={"classifiers", "expect", "prices", "title", "story"}
        )
        messages = [(each.file, each.template.pieces) for files in self.messages.files.values() for each in files]
        digest = hashlib.sha256(repr((_in_order(scenario), messages, self.population.numbers)).encode())
        for listed in self.recipients.values():
            digest.update(array(NUMBERS, listed.numbers).tobytes())
        for entry in self.entries:
            digest.update(repr(tuple(entry)).encode())
        return digest.hexdigest()

    def directory(self, company: Company) -> Directory:
        """Make a company's directory."""
        return self.population.directory(company)

    def lane_job(self, name: str, companies: tuple[Company, ...], schedule: LaneSchedule) -> LaneJob:
        """Return the job of a lane."""
        first = self.population.size
        on_list = sorted({number for number in schedule.numbers if number >= first})
        return LaneJob(
            name=name,
            population=self.population.of(companies),
            schedule=schedule,
            entry_numbers=array(NUMBERS, on_list),
            entries=[self.entries[number - first] for number in on_list],
        )

    def exchanger_addresses(self, domain: str) -> list[str]:
        """Return every IP address that mail for a domain may go to at any time of the scenario."""
        names = exchangers(self.world, domain) or [domain]
        return [address for name in names for kind in ("A", "AAAA") for address in self.world.ever(name, kind)]


def _in_order(value: Any) -> Any:
    """Return a value with its sets as sorted lists: the order of a set differs from process to process."""
    if isinstance(value, dict):
        return {key: _in_order(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_in_order(each) for each in value]
    return sorted(map(str, value)) if isinstance(value, set | frozenset) else value


def prepare(loaded: Loaded) -> PreparedScenario:
    """Make the companies, the recipients, the messages and the DNS; raises InputError."""
    scenario = loaded.scenario
    found = companies(scenario, loaded.path)
    lists = {each.name: _list_of(each, f"{loaded.path}: campaign[{number}]", loaded.folder)
             for number, each in enumerate(scenario.campaign)}  # fmt: skip
    at_company = _at_companies(lists, found, loaded)
    population = populate(found, at_company, scenario.seed, loaded.path, scenario.starts.timestamp())
    recipients: dict[str, CampaignRecipients] = {}
    files: dict[str, tuple[MessageFile, ...]] = {}
    # Every campaign's entries have numbers of their own, so that a number always means one entry.
    entries: list[ListEntry] = []
    for number, each in enumerate(scenario.campaign):
        place = f"{loaded.path}: campaign[{number}]"
        rng = random.Random(f"{scenario.seed}:{each.name}:recipients")  # noqa: S311 - must be repeatable
        is_given = each.recipients.count is not None or each.recipients.seed_list is not None
        if number and not is_given:
            numbers = array(NUMBERS, next(iter(recipients.values())).numbers)
            rng.shuffle(numbers)
        else:
            listed = lists[each.name]
            others = population.without({entry.address.lower() for entry in listed})
            first = population.size + len(entries)
            numbers = choose(range(first, first + len(listed)), others, each, rng, place)
            entries += listed
        if not numbers:
            raise InputError(place, "has no recipients", "give the gateways mailboxes, or name a seed_list")
        recipients[each.name] = CampaignRecipients(numbers, entries, population)
        files[each.name] = _message_files(each, recipients[each.name], loaded, place)
    sender = scenario.sender
    signing = None
    if sender.dkim is not None:
        signing = signer(sender.dkim, scenario.seed, loaded.folder, f"{loaded.path}: sender.dkim")
    prepared = PreparedScenario(
        loaded=loaded,
        population=population,
        entries=entries,
        recipients=recipients,
        messages=MessageBuilder(sender.helo, sender.return_path, files, signing),
        world=_world(loaded, found, signing),
    )
    check_routes(prepared.world, prepared.domains, prepared.addresses, loaded.path)
    return prepared


def _list_of(each: Campaign, place: str, folder: Path) -> list[ListEntry]:
    if each.recipients.seed_list is None:
        return []
    return read_list(folder / each.recipients.seed_list, f"{place}.recipients.seed_list")


def _at_companies(lists: dict[str, list[ListEntry]], found: Iterable[Company], loaded: Loaded) -> dict[str, list[str]]:
    """Group listed addresses by the company of their domain; raises InputError for a domain without one."""
    scenario = loaded.scenario
    by_domain = {domain: company.name for company in found for domain in company.domains}
    for domain in scenario.absent_domains:
        if domain in by_domain:
            problem = f"{domain} is the domain of gateway {by_domain[domain]}, so it is not absent"
            raise InputError(f"{loaded.path}: absent_domains", problem, "remove it here, or from the gateway")
    known = {*scenario.absent_domains, *(record.name.rstrip(".").lower() for record in scenario.dns)}
    wild = tuple(name.removeprefix("*") for name in known if name.startswith("*."))
    at_company: dict[str, dict[str, None]] = {name: {} for name in dict.fromkeys(by_domain.values())}
    for number, each in enumerate(scenario.campaign):
        for listed in lists[each.name]:
            domain = domain_of(listed.address)
            if domain in by_domain:
                address = listed.address
                at_company[by_domain[domain]][address if address.islower() else address.lower()] = None
            elif domain not in known and not domain.endswith(wild):
                raise InputError(
                    f"{loaded.path}: campaign[{number}].recipients.seed_list: {listed.address}",
                    f"no gateway takes mail for {domain}, so it has no MX",
                    f"add {domain} to a gateway's domains or to absent_domains, or remove the address",
                )
    return {name: list(addresses) for name, addresses in at_company.items()}


def _message_files(
    each: Campaign, recipients: CampaignRecipients, loaded: Loaded, place: str
) -> tuple[MessageFile, ...]:
    """Read a campaign's messages, that of a retest last; raises InputError for an unknown merge field."""
    listed = map(recipients.entry, recipients.numbers if recipients.entries else ())
    with_fields = (entry.fields for entry in listed if entry is not None)
    known = {"email", "domain", "given_name", *next(filter(None, with_fields), {})}
    retest = loaded.scenario.sender.retest
    for_retest = retest.message if retest is not None else None
    found = []
    for file in (*(variant.file for variant in each.message), *((for_retest,) if for_retest else ())):
        content = template.read(loaded.folder / file, f"{place}.message")
        unknown = sorted(content.fields - known)
        if unknown:
            problem = f"{{{{{unknown[0]}}}}} is not a merge field"
            raise InputError(f"{place}.message", problem, one_of(unknown[0], sorted(known)))
        if content.fields and loaded.scenario.sender.recipients_per_transaction > 1:
            problem = f"{{{{{min(content.fields)}}}}} is different for each recipient, but several share a transaction"
            raise InputError(f"{place}.message", problem, "remove it, or send to one recipient a transaction")
        found.append(MessageFile(file, content))
    return tuple(found)


def _world(loaded: Loaded, found: Iterable[Company], signer: Signer | None) -> World:
    """Return the DNS: the companies' exchangers, the sender's names, DKIM key and blocklistings, and [[dns]]."""
    scenario = loaded.scenario
    world = World()
    starts = scenario.starts.timestamp()
    # Records that the scenario gives from the start replace the made-up ones; an alias has no other (RFC 1034 3.6.2).
    given = {(record.name.rstrip(".").lower(), record.type) for record in scenario.dns if not record.since}

    def is_given(name: str, kind: str) -> bool:
        return (name, kind) in given or (name, "CNAME") in given

    _add_companies(world, found, is_given)
    sender = scenario.sender
    for ip in sender.ips:
        world.add_host(sender.helo, ip.address)
        world.add_listings(
            Listing(
                ip.address, listed.zone, starts + listed.since, None if listed.until is None else starts + listed.until
            )
            for listed in ip.listed
        )
    # SPF (RFC 7208): the sender's addresses may use its return-path.
    allowed = " ".join(f"ip{'6' if ':' in ip.address else '4'}:{ip.address}" for ip in sender.ips)
    if not any(
        record.type in {"TXT", "CNAME"} and record.name.lower() == sender.return_path for record in scenario.dns
    ):
        world.add(sender.return_path, "TXT", f'"v=spf1 {allowed} -all"')
    if not is_given(sender.return_path, "MX"):
        # Without a PTR record: reverse DNS of the address gives the sender's own name.
        mailbox = sender.ips[0].address if sender.return_mailbox is None else sender.return_mailbox[0]
        world.add(f"mx.{sender.return_path}", "AAAA" if ":" in mailbox else "A", mailbox)
        world.add(sender.return_path, "MX", f"10 mx.{sender.return_path}.")
    if signer is not None and not any(record.name.lower() == signer.name for record in scenario.dns):
        world.add(signer.name, "TXT", signer.record)
    for record in scenario.dns:
        until = None if record.until is None else starts + record.until
        value = record.value if record.type in {"A", "AAAA", "TXT"} else f"{record.value.rstrip('.')}."
        world.add(record.name.rstrip("."), record.type, value, since=starts + record.since, until=until)
    return world


def _add_companies(world: World, found: Iterable[Company], is_given: Callable[[str, str], bool]) -> None:
    """Add the exchanger of each company, and the MX or the address of its domains unless the scenario gives them."""
    for company in found:
        world.add_host(company.host, company.address)
        for domain in company.domains:
            if company.spec.has_mx and not is_given(domain, "MX"):
                world.add(domain, "MX", f"10 {company.host}.")
            elif not company.spec.has_mx and domain != company.host and not is_given(domain, "A"):
                world.add(domain, "AAAA" if ":" in company.address else "A", company.address)
