"""A company's directory: who is there, who has left, whose mailbox is full or disabled."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from fake_gateways.smtp.envelope import domain_of

YEAR_S = 365 * 86_400.0


class MailboxState(StrEnum):
    """The state of a mailbox. An address that never was one is as good as departed."""

    PRESENT = "present"
    FULL = "full"
    DEPARTED = "departed"
    DISABLED = "disabled"

    @property
    def alive(self) -> bool:
        """Whether a person still reads it, sooner or later."""
        return self in {MailboxState.PRESENT, MailboxState.FULL}


@dataclass
class Directory:
    """The mailboxes of the domains behind one gateway, by address in lower case."""

    domains: Sequence[str]
    states: dict[str, MailboxState] = field(default_factory=dict)
    catch_all: bool = False
    made_at: dict[str, float] = field(default_factory=dict)
    """When a mailbox was made, in seconds since the epoch, for those that are new."""
    left_at: dict[str, float] = field(default_factory=dict)
    """When the owner of a mailbox leaves, in seconds since the epoch, for those who do so while the scenario lasts."""

    def serves(self, address: str) -> bool:
        """Whether the address is in one of the directory's domains; ``postmaster`` alone always is."""
        domain = domain_of(address)
        return domain in self.domains or (not domain and address.lower() == "postmaster")

    def state(self, address: str, at: float) -> MailboxState:
        """Return the state of an address at a moment: what is not listed departed long ago, save for the postmaster."""
        key = address.lower()
        found = self.states.get(key)
        if found is None:
            # RFC 5321 4.5.1: every domain takes mail for its postmaster.
            is_postmaster = key.partition("@")[0] == "postmaster"
            return MailboxState.PRESENT if is_postmaster else MailboxState.DEPARTED
        return state_at(found, self.left_at.get(key), at)


def state_at(state: MailboxState, left_at: float | None, at: float) -> MailboxState:
    """Return what has become of a mailbox by a moment, given when its owner leaves."""
    return state if left_at is None or at < left_at else MailboxState.DEPARTED


def departures(addresses: Sequence[str], turnover: float, starts: float, rng: random.Random) -> dict[str, float]:
    """Return when each person leaves, if ``turnover`` is the share of the staff that leaves in a year."""
    if not turnover:
        return {}
    rate = math.inf if turnover == 1 else -math.log1p(-turnover) / YEAR_S
    return {address: starts + rng.expovariate(rate) for address in addresses}


def spread(addresses: Iterable[str], shares: dict[MailboxState, float], rng: random.Random) -> dict[str, MailboxState]:
    """Give a share of the addresses each state, exact to the nearest mailbox, the rest being present."""
    shuffled = sorted(addresses)
    states = dict.fromkeys(shuffled, MailboxState.PRESENT)
    rng.shuffle(shuffled)
    total = len(shuffled)
    start = 0
    for state, share in shares.items():
        end = start + round(share * total)
        states.update(dict.fromkeys(shuffled[start:end], state))
        start = end
    return states


def invent(count: int, domains: Sequence[str], taken: Iterable[str], rng: random.Random) -> Iterator[str]:
    """Yield ordinary, distinct addresses: given and family name in the habits that companies have."""
    used = set(taken)
    habit = rng.choice(_HABITS)
    made = 0
    while made < count:
        given, family = rng.choice(_GIVEN), rng.choice(_FAMILY)
        local = habit.format(g=given, i=given[0], f=family)
        domain = rng.choice(domains)
        address = f"{local}@{domain}"
        number = 2
        while address in used:
            address = f"{local}{number}@{domain}"
            number += 1
        used.add(address)
        made += 1
        yield address


_HABITS = ("{g}.{f}", "{i}{f}", "{i}.{f}", "{g}_{f}", "{f}.{g}", "{g}{f}")
_GIVEN = tuple(
    "adam alice amir ana andrea anna anton ben bianca carlos carmen chloe clara daniel david diana elena eli emma "
    "erik eva fatima felix fiona frank george greta hannah hugo ian ines irina isaac jack jana jonas julia karim "
    "kate lara leon lena lisa louis lucas magda marco maria mark marta max mei mila mira nadia nina noah nora olga "
    "oliver omar oscar paul petra pia priya rafael raj rosa ruth samir sara sofia stefan tanja theo thomas tim tina "
    "tom ursula vera victor wei yara yusuf zoe".split()
)
_FAMILY = tuple(
    "abbott adler ahmed alvarez andersen baker bauer becker bell berg bianchi blake bond brandt brooks carter chen "
    "clark cohen costa cruz dahl diaz dubois duarte eklund engel evans farkas fischer ford foster frank garcia gray "
    "gruber haas hansen hayes hill hofer horvat hughes ivanov jensen jones kaiser kelly khan kim klein koch kovacs "
    "kumar lang larsen lee lehmann lopez lund marino martin mehta meyer miller moreau morris nagy nielsen novak ortiz "
    "park patel peters popov price quinn ramos reed rossi russo sanchez sato schmid silva singh smith sousa stone "
    "tanaka torres varga vogel wagner walsh wang weber west winter wolf wood yang young zeller".split()
)
