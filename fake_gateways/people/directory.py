"""A company's directory of mailboxes: present, departed, full or disabled."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from fake_gateways.smtp.envelope import domain_of

YEAR_S = 365 * 86_400.0
_END_OF_TIME_S = 8000 * YEAR_S
"""Later times, in seconds since the epoch, have no date."""
_TINY: Final = 1e-9
"""Shares below are as good as none."""
_MOST_LOG: Final = 700.0
"""The exponential of more is no float."""


class MailboxState(StrEnum):
    """The state of a mailbox. An address that never existed counts as departed."""

    PRESENT = "present"
    FULL = "full"
    DEPARTED = "departed"
    DISABLED = "disabled"

    @property
    def alive(self) -> bool:
        """Whether a person reads the mailbox, now or later."""
        return self in _ALIVE


_ALIVE: Final = frozenset({MailboxState.PRESENT, MailboxState.FULL})


@dataclass
class Directory:
    """The mailboxes of the domains behind one gateway, by address in lower case."""

    domains: Sequence[str]
    states: dict[str, MailboxState] = field(default_factory=dict)
    catch_all: bool = False
    made_at: dict[str, float] = field(default_factory=dict)
    """When each new mailbox was created, in seconds since the epoch."""
    left_at: dict[str, float] = field(default_factory=dict)
    """When each owner leaves who leaves during the scenario, in seconds since the epoch."""

    def serves(self, address: str) -> bool:
        """Whether the address is in one of the directory's domains. A bare ``postmaster`` always is."""
        if address in self.states:
            return True  # the usual case, for speed
        domain = domain_of(address)
        return domain in self.domains or (not domain and address.lower() == "postmaster")

    def state(self, address: str, at: float) -> MailboxState:
        """Return the state of an address at a time. An unlisted address has departed, except for the postmaster."""
        key = address.lower()
        found = self.states.get(key)
        if found is None:
            # RFC 5321 section 4.5.1: every domain accepts mail for its postmaster.
            is_postmaster = key.partition("@")[0] == "postmaster"
            return MailboxState.PRESENT if is_postmaster else MailboxState.DEPARTED
        return state_at(found, self.left_at.get(key), at)


def state_at(state: MailboxState, left_at: float | None, at: float) -> MailboxState:
    """Return the state of a mailbox at a time, given when its owner leaves."""
    return state if left_at is None or at < left_at else MailboxState.DEPARTED


def departures(addresses: Sequence[str], turnover: float, starts: float, rng: random.Random) -> dict[str, float]:
    """Draw when each person leaves; ``turnover`` is the share of the staff that leaves in a year."""
    if not turnover:
        return {}
    rate = math.inf if turnover == 1 else -math.log1p(-turnover) / YEAR_S
    if not rate:  # a share that is as good as none
        return {}
    drawn = ((address, starts + rng.expovariate(rate)) for address in addresses)
    return {address: at for address, at in drawn if at < _END_OF_TIME_S}


def spread(addresses: Iterable[str], shares: dict[MailboxState, float], rng: random.Random) -> dict[str, MailboxState]:
    """Give each state to its share of the addresses, rounded to whole mailboxes; the rest are present."""
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


def vary(share: float, varies: float, rng: random.Random) -> float:
    """Draw one company's share, of a beta distribution with this mean and intra-class correlation.

    With ``varies`` 0 all companies have the mean, with 1 each has all or none.
    """
    if varies < _TINY or not _TINY < share < 1.0:
        return share
    if varies == 1.0:
        return float(rng.random() < share)
    spare = (1.0 - varies) / varies
    # As logarithms: with a strong correlation both gamma variates are too small for a float.
    own, others = (
        math.log(rng.gammavariate(each * spare + 1.0, 1.0)) + math.log(1.0 - rng.random()) / (each * spare)
        for each in (share, 1.0 - share)
    )
    return 1.0 / (1.0 + math.exp(min(_MOST_LOG, others - own)))
