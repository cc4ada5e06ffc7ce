"""A scenario with everything in it made up and checked: companies and people, lists and messages, names."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from fake_gateways.dns.zone import Listing, World
from fake_gateways.people.directory import Directory
from fake_gateways.smtp.envelope import domain_of
from probe.input_error import InputError
from probe.scenario.companies import Company, companies, staff
from probe.scenario.load import Loaded
from probe.scenario.sending import Campaign
from probe.sender import dkim as signature
from probe.sender import recipients as campaign
from probe.sender import template as message
from probe.sender.dkim import Signer
from probe.sender.messages import MessageBuilder, MessageFile
from probe.sender.recipients import ListEntry


@dataclass(frozen=True)
class PreparedScenario:
    """A scenario ready to be run or served. ``recipients`` are each campaign's, in sending order."""

    loaded: Loaded
    companies: tuple[Company, ...]
    directories: dict[str, Directory]
    recipients: dict[str, list[ListEntry]]
    messages: MessageBuilder
    world: World

    @property
    def everybody(self) -> list[str]:
        """Every address on any list, in the order of the lists."""
        return list(dict.fromkeys(each.address for listed in self.recipients.values() for each in listed))

    @property
    def addresses(self) -> list[str]:
        """Every address that mail goes from or to."""
        scenario = self.loaded.scenario
        found = [ip.address for ip in scenario.sender.ips] + [company.address for company in self.companies]
        if scenario.sender.smart_host is not None:
            found.append(scenario.sender.smart_host[0])
        domains = {domain_of(address) for address in self.everybody}
        return [*dict.fromkeys([*found, *(address for domain in sorted(domains) for address in self.ways(domain))])]

    @property
    def foreign(self) -> frozenset[str]:
        """The addresses of servers that are not ours."""
        smart_host = self.loaded.scenario.sender.smart_host
        found = {company.address for company in self.companies if company.spec.foreign}
        return frozenset(found | ({smart_host[0]} if smart_host else set()))

    @property
    def fingerprint(self) -> str:
        """SHA-256 over scenario, seed, lists and messages: equal for equal runs."""
        scenario = self.loaded.scenario.model_dump_json(
            by_alias=True, exclude={"classifiers", "expect", "prices", "title", "story"}
        )
        letters = [(each.file, each.template.pieces) for letters in self.messages.files.values() for each in letters]
        lists = [(name, [tuple(each) for each in listed]) for name, listed in self.recipients.items()]
        return hashlib.sha256(repr((scenario, letters, lists)).encode()).hexdigest()

    def ways(self, domain: str) -> list[str]:
        """Return every address that mail for a domain may go to, at whatever time."""
        names = [record.split()[1].rstrip(".").lower() for record in self.world.ever(domain, "MX")] or [domain]
        return [address for name in names for kind in ("A", "AAAA") for address in self.world.ever(name, kind)]


def prepare(loaded: Loaded) -> PreparedScenario:
    """Make the companies, their people, the sender's lists and the names; raises InputError."""
    scenario = loaded.scenario
    found = companies(scenario, loaded.path)
    lists = {each.name: _list_of(each, f"{loaded.path}: campaign[{number}]", loaded.folder)
             for number, each in enumerate(scenario.campaign)}  # fmt: skip
    at_company = _at_companies(lists, found, loaded)
    directories = {
        company.name: staff(company, at_company[company.name], scenario.seed, loaded.path, scenario.starts.timestamp())
        for company in found
    }
    everybody = [address for directory in directories.values() for address in sorted(directory.states)]
    recipients: dict[str, list[ListEntry]] = {}
    letters: dict[str, tuple[MessageFile, ...]] = {}
    for number, each in enumerate(scenario.campaign):
        place = f"{loaded.path}: campaign[{number}]"
        rng = random.Random(f"{scenario.seed}:{each.name}:recipients")  # noqa: S311 - must be repeatable
        is_given = each.recipients.count is not None or each.recipients.seed_list is not None
        if number and not is_given:
            recipients[each.name] = list(next(iter(recipients.values())))
            rng.shuffle(recipients[each.name])
        else:
            recipients[each.name] = campaign.choose(lists[each.name], everybody, each, rng, place)
        if not recipients[each.name]:
            raise InputError(place, "has no recipients", "give the gateways mailboxes, or name a seed_list")
        letters[each.name] = _letters(each, recipients[each.name], loaded, place)
    sender = scenario.sender
    signer = (
        None
        if sender.dkim is None
        else signature.signer(sender.dkim, scenario.seed, loaded.folder, f"{loaded.path}: sender.dkim")
    )
    mail = MessageBuilder(sender.helo, sender.return_path, letters, signer)
    world = _world(loaded, found, signer)
    prepared = PreparedScenario(loaded, found, directories, recipients, mail, world)
    _check_ways(prepared)
    return prepared


def _list_of(each: Campaign, place: str, folder: Path) -> list[ListEntry]:
    if each.recipients.seed_list is None:
        return []
    return campaign.read_list(folder / each.recipients.seed_list, f"{place}.recipients.seed_list")


def _at_companies(lists: dict[str, list[ListEntry]], found: Iterable[Company], loaded: Loaded) -> dict[str, list[str]]:
    """Sort the listed under the companies they work at; raises InputError for those who work nowhere."""
    scenario = loaded.scenario
    by_domain = {domain: company.name for company in found for domain in company.domains}
    for domain in scenario.absent_domains:
        if domain in by_domain:
            problem = f"{domain} is the domain of gateway {by_domain[domain]}, so it is not absent"
            raise InputError(f"{loaded.path}: absent_domains", problem, "remove it here, or from the gateway")
    known = {*scenario.absent_domains, *(record.name.rstrip(".").lower() for record in scenario.dns)}
    at_company: dict[str, dict[str, None]] = {name: {} for name in dict.fromkeys(by_domain.values())}
    for number, each in enumerate(scenario.campaign):
        for listed in lists[each.name]:
            domain = domain_of(listed.address)
            if domain in by_domain:
                at_company[by_domain[domain]][listed.address.lower()] = None
            elif domain not in known:
                raise InputError(
                    f"{loaded.path}: campaign[{number}].recipients.seed_list: {listed.address}",
                    f"no gateway takes mail for {domain}, so it has no MX",
                    f"add {domain} to a gateway's domains or to absent_domains, or remove the address",
                )
    return {name: list(addresses) for name, addresses in at_company.items()}


def _letters(each: Campaign, recipients: Sequence[ListEntry], loaded: Loaded, place: str) -> tuple[MessageFile, ...]:
    """Read a campaign's messages, a retest's last; raises InputError for a merge field that nobody fills in."""
    known = {"email", "domain", "given_name", *next((listed.fields for listed in recipients if listed.fields), {})}
    retest = loaded.scenario.sender.retest
    plainer = retest.message if retest is not None else None
    letters = []
    for file in (*(variant.file for variant in each.message), *((plainer,) if plainer else ())):
        template = message.read(loaded.folder / file, f"{place}.message")
        unknown = sorted(template.fields - known)
        if unknown:
            problem = f"{{{{{unknown[0]}}}}} is no merge field"
            raise InputError(f"{place}.message", problem, f"use one of: {', '.join(sorted(known))}")
        if template.fields and loaded.scenario.sender.recipients_per_transaction > 1:
            problem = f"{{{{{min(template.fields)}}}}} is different for each recipient, but several share a transaction"
            raise InputError(f"{place}.message", problem, "remove it, or send to one recipient a transaction")
        letters.append(MessageFile(file, template))
    return tuple(letters)


def _world(loaded: Loaded, found: Iterable[Company], signer: Signer | None) -> World:
    """Give every company its exchanger, and the sender its names, its key and its stays on blocklists."""
    scenario = loaded.scenario
    world = World()
    starts = scenario.starts.timestamp()
    # What the scenario says of a name from the start stands in place of what would be made up.
    said = {(record.name.rstrip(".").lower(), record.type) for record in scenario.dns if not record.since}
    for company in found:
        world.add_host(company.host, company.address)
        for domain in company.domains:
            if company.spec.has_mx and (domain, "MX") not in said:
                world.add(domain, "MX", f"10 {company.host}.")
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
    if (sender.return_path, "MX") not in said:
        # No pointer leads back: the address goes by the sender's own name.
        home = sender.ips[0].address if sender.return_mailbox is None else sender.return_mailbox[0]
        world.add(f"mx.{sender.return_path}", "AAAA" if ":" in home else "A", home)
        world.add(sender.return_path, "MX", f"10 mx.{sender.return_path}.")
    if signer is not None and not any(record.name.lower() == signer.name for record in scenario.dns):
        world.add(signer.name, "TXT", signer.record)
    for record in scenario.dns:
        until = None if record.until is None else starts + record.until
        value = record.value if record.type in {"A", "AAAA", "TXT"} else f"{record.value.rstrip('.')}."
        world.add(record.name.rstrip("."), record.type, value, since=starts + record.since, until=until)
    return world


def _check_ways(prepared: PreparedScenario) -> None:
    """Raise InputError where mail would go to a name that is nowhere, or to addresses of another kind."""
    path = prepared.loaded.path
    for domain in sorted({domain_of(address) for address in prepared.everybody}):
        for record in prepared.world.ever(domain, "MX"):
            host = record.split()[1].rstrip(".").lower()
            if host and not any(prepared.world.ever(host, kind) for kind in ("A", "AAAA", "CNAME")):
                problem = f"leads mail for {domain} to {host}, which has no address"
                raise InputError(f"{path}: dns", problem, f"name {domain}'s gateway, or add an A record for {host}")
    if len({":" in address for address in prepared.addresses}) > 1:
        problem = "has IPv4 and IPv6 addresses that cannot reach each other"
        raise InputError(f"{path}: sender.ips", problem, "give sender and gateways addresses of one kind")
