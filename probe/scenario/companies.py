"""Turns the scenario's gateways into companies, with names, domains, sizes and mailboxes."""

from __future__ import annotations

import csv
import math
import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from fake_gateways import persona as personas
from fake_gateways.people.directory import Directory, MailboxState, departures, spread, vary
from fake_gateways.people.made_up import invent, made_up_domains
from fake_gateways.people.readers import Audience
from fake_gateways.persona import Persona
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.policy import Settings
from fake_gateways.policies.relay import RelaySettings
from fake_gateways.smtp.envelope import domain_of, is_address
from fake_gateways.untrusted.bounded_read import open_table
from probe.harmless import SHOWN
from probe.input_error import InputError, not_utf8, one_of
from probe.scenario.model import ALL_DOMAINS, GatewaySpec, Scenario, Sizes

POOL: Final = 60_000
"""Loopback addresses for gateways: 250 in each /24, starting at 127.1.0.0."""


def always(gateway: GatewaySpec) -> tuple[Settings, ...]:
    """Return the policies that every gateway has, without those that the scenario configures.

    Where it configures the directory of some domains only, the others have the usual one.
    """
    named = {settings.type for settings in gateway.policy}
    own = [settings for settings in gateway.policy if settings.type == "directory"]
    configured = {domain for settings in own for domain in settings.domains}
    rest = tuple(domain for domain in gateway.domains if domain not in configured) if configured else ()
    found: list[Settings] = [] if "relay" in named else [RelaySettings()]
    if not own or (rest and all(settings.domains for settings in own)):
        found.append(DirectorySettings(domains=rest))
    return tuple(found)


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
    def policies(self) -> tuple[Settings, ...]:
        """The scenario's policies, and those that every gateway has."""
        return (*self.spec.policy, *always(self.spec))


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
        sizes = _sizes(spec.mailboxes.count, spec.companies or 1, spec.sizes)
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
    parts = _parts(company, people, seed)
    states: dict[str, MailboxState] = {}
    for part in parts:
        shares = {
            MailboxState.DEPARTED: part.departed,
            MailboxState.FULL: boxes.full,
            MailboxState.DISABLED: boxes.disabled,
        }
        states |= spread(part.people, shares, rng)
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
    left_at: dict[str, float] = {}
    staying = _by_domain(living) if len(parts) > 1 else {}
    for part in parts:
        here = living if len(parts) == 1 else staying.get(part.domain, [])
        left_at |= departures(here, part.turnover, starts, rng)
    closes = company.spec.closes
    for address in living if closes else ():
        after = closes.get(domain_of(address), closes.get(ALL_DOMAINS))
        if after is not None:
            left_at[address] = min(starts + after, left_at.get(address, math.inf))
    return Directory(
        company.domains,
        states,
        boxes.catch_all,
        made_at=dict.fromkeys(newcomers, starts - boxes.newcomers_since),
        left_at=left_at,
    )


class _Part(NamedTuple):
    """People of a company whose turnover is alike: all of them, or where it ``varies`` those of one domain."""

    domain: str
    people: list[str]
    departed: float
    turnover: float


def _parts(company: Company, people: list[str], seed: int) -> list[_Part]:
    boxes = company.spec.mailboxes
    if not boxes.varies:
        return [_Part(company.domains[0], people, boxes.departed, boxes.turnover)]
    # A stream of its own: whether turnover varies does not change the addresses.
    rng = random.Random(f"{seed}:{company.name}:varies")  # noqa: S311 - a simulation must be repeatable
    found = []
    grouped = _by_domain(people)
    for domain in company.domains:
        here = grouped.get(domain, [])
        departed = vary(boxes.departed, boxes.varies, rng)
        gone = sum(rng.random() < departed for _ in here)  # drawn, for in a small company every share rounds to nobody
        turnover = vary(boxes.turnover, boxes.varies, rng)
        found.append(_Part(domain, here, gone / max(1, len(here)), turnover))
    return found


def _by_domain(addresses: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for address in addresses:
        found.setdefault(domain_of(address), []).append(address)
    return found


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


def _sizes(total: int, count: int, sizes: Sizes) -> list[int]:
    """Divide mailboxes among companies: equally, or by Zipf's law, where the second has half as many as the first."""
    weights = [1 / rank if sizes == "uneven" else 1.0 for rank in range(1, count + 1)]
    spare = total - count
    found = [1 + int(spare * weight / sum(weights)) for weight in weights] if count <= total else [total]
    for number in range(total - sum(found)):
        found[number % count if sizes == "equal" else 0] += 1
    return found
