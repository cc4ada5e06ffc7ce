"""Turns the scenario's gateways into companies, with names, domains, sizes and mailboxes."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fake_gateways import persona as personas
from fake_gateways.people.directory import Directory, MailboxState, departures, spread
from fake_gateways.people.made_up import invent, made_up_domains
from fake_gateways.people.readers import Audience
from fake_gateways.persona import Persona
from fake_gateways.policies import AnySettings
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.relay import RelaySettings
from fake_gateways.smtp.envelope import domain_of, is_address
from fake_gateways.untrusted.bounded_read import open_table
from probe.harmless import SHOWN
from probe.input_error import InputError, not_utf8, one_of
from probe.scenario.model import GatewaySpec, Scenario

POOL: Final = 60_000
"""Loopback addresses for gateways: 250 in each /24, starting at 127.1.0.0."""


def always(given: Iterable[AnySettings]) -> tuple[AnySettings, ...]:
    """Return the policies that every gateway has, without those that the scenario configures."""
    named = {settings.type for settings in given}
    return tuple(settings for settings in (RelaySettings(), DirectorySettings()) if settings.type not in named)


@dataclass(frozen=True)
class Company:
    """One company with one gateway. ``spec`` is its scenario entry, which other companies may share.

    ``size`` is the number of mailboxes, ``host`` the exchanger's name.
    """

    name: str
    spec: GatewaySpec
    domains: tuple[str, ...]
    address: str
    host: str
    size: int

    @property
    def persona(self) -> Persona:
        """The persona of the company's gateway."""
        return personas.load(self.spec.persona)

    @property
    def policies(self) -> tuple[AnySettings, ...]:
        """The scenario's policies, and those that every gateway has."""
        return (*self.spec.policy, *always(self.spec.policy))


def audience(company: Company, seed: int) -> Audience | None:
    """Return how the company's recipients open, click, complain and answer; None if they do none of it."""
    boxes = company.spec.mailboxes
    if not (boxes.opens or boxes.complains or boxes.away):
        return None
    return Audience(boxes.opens, boxes.clicks, boxes.complains, boxes.away, f"{seed}:{company.name}:audience")


def companies(scenario: Scenario, path: str) -> tuple[Company, ...]:
    """Return every company of a scenario in order; raises InputError if two share a domain, address or name."""
    found: list[Company] = []
    taken: dict[str, str] = {}
    names = made_up_domains(scenario.seed)
    for spec in scenario.gateway:
        sizes = _sizes(spec.mailboxes.count, spec.companies or 1)
        for number, size in enumerate(sizes, 1):
            name = f"{spec.name}-{number}" if spec.companies else spec.name
            domains = spec.domains or (next(domain for domain in names if domain not in taken),)
            index = len(found)
            if index >= POOL:
                place = f"{path}: gateway.{spec.name}.companies"
                raise InputError(place, f"makes more than {POOL:,} gateways", "lower the number of companies")
            address = spec.foreign[0] if spec.foreign else spec.address or f"127.1.{index // 250}.{index % 250 + 1}"
            host = personas.load(spec.persona).mx.replace("{label}", domains[0].replace(".", "-"))
            if not spec.has_mx:
                host = domains[0]
            for key in dict.fromkeys((*domains, address, host, f"the name {name}")):
                if key in taken:
                    place = f"{path}: gateway.{name}"
                    raise InputError(place, f"{key} is already gateway {taken[key]}'s", "give it to one of the two")
                taken[key] = name
            found.append(Company(name=name, spec=spec, domains=domains, address=address, host=host, size=size))
    return tuple(found)


def staff(company: Company, listed: list[str], seed: int, path: str, starts: float) -> Directory:
    """Return a company's directory: listed addresses, made-up ones, and those the scenario names one by one.

    ``starts`` is the scenario's start, in seconds since the epoch. Raises InputError.
    """
    rng = random.Random(f"{seed}:{company.name}:staff")  # noqa: S311 - a simulation must be repeatable
    boxes = company.spec.mailboxes
    people = [*listed, *invent(max(0, company.size - len(listed)), company.domains, listed, rng)]
    shares = {
        MailboxState.DEPARTED: boxes.departed,
        MailboxState.FULL: boxes.full,
        MailboxState.DISABLED: boxes.disabled,
    }
    states = spread(people, shares, rng)
    named = [
        (f"{path}: gateway.{company.name}.mailbox[{number}].address", mailbox.address, mailbox.state)
        for number, mailbox in enumerate(company.spec.mailbox)
    ]
    if company.spec.mailbox_list is not None:
        named += _mailboxes_in(Path(company.spec.mailbox_list))
    for place, address, state in named:
        if domain_of(address) not in company.domains:
            raise InputError(place, f"{address} is in none of the gateway's domains", "correct the domain")
        states[address] = state
    living = sorted(address for address, state in states.items() if state.alive)
    newcomers = rng.sample(living, round(boxes.newcomers * len(living)))
    return Directory(
        company.domains,
        states,
        boxes.catch_all,
        made_at=dict.fromkeys(newcomers, starts - boxes.newcomers_since),
        left_at=departures(living, boxes.turnover, starts, rng),
    )


def _mailboxes_in(path: Path) -> list[tuple[str, str, MailboxState]]:
    """Read a CSV file of mailboxes; return place, address and state of each. Raises InputError."""
    found = []
    try:
        with open_table(path) as file:
            rows = csv.DictReader(file)
            if not {"address", "state"} <= set(rows.fieldnames or ()):
                raise InputError(path, "has no columns address and state", "name them so")
            for row in rows:
                place = f"{path}: line {rows.line_num}"
                address, state = (str(row[name] or "").strip().lower() for name in ("address", "state"))
                if not is_address(address):
                    raise InputError(place, f"{address[:SHOWN]!r} is not a valid address", "correct or remove the line")
                if state not in set(MailboxState):
                    raise InputError(
                        place, f"{state[:SHOWN]!r} is not a state of a mailbox", one_of(state, MailboxState)
                    )
                found.append((place, address, MailboxState(state)))
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        reason = not_utf8(error) if isinstance(error, UnicodeDecodeError) else getattr(error, "strerror", None) or error
        raise InputError(path, f"cannot be read ({reason})", "give a UTF-8 CSV file") from None
    return found


def _sizes(total: int, count: int) -> list[int]:
    """Divide mailboxes among companies by Zipf's law: the second has half as many as the first, the third a third."""
    weights = [1 / rank for rank in range(1, count + 1)]
    spare = total - count
    sizes = [1 + int(spare * weight / sum(weights)) for weight in weights] if count <= total else [total]
    sizes[0] += total - sum(sizes)
    return sizes
