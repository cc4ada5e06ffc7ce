"""Looks at all lists and at the posture through a resolver, the lists side by side, each within its limits."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fake_gateways.clock import WallClock
from probe.listed.answer import Came, Fault, unknown
from probe.listed.lists import BlockList, Lists
from probe.listed.look import Entry, ListLook, Look, dead_in, look_at, nonexistent_name
from probe.listed.open_resolver import Asker, Exchange, Sleep, over_sockets
from probe.listed.posture.checks import checked_posture
from probe.listed.posture.finding import Identity
from probe.listed.subject import Subject, also_on_lists, name_on, names_to_test

_OF_A_SUBJECT: Final = 20
"""Lookups for the posture of an address or a domain, about."""
A_SECOND: Final = 10.0
"""The most questions a second to one list, where the resolver is beyond this machine."""


@dataclass(frozen=True)
class LookingFor:
    """What is looked up, on which lists. ``domains`` are those of From fields."""

    addresses: Sequence[Subject]
    domains: Sequence[Subject]
    identity: Identity
    lists: Lists

    @property
    def subjects(self) -> list[Subject]:
        """Everything that may be on a list."""
        return [*self.addresses, *self.domains, *also_on_lists(self.domains, self.identity.return_path)]


class Looker:
    """Looks again and again through one exchange. ``queries`` counts what was asked."""

    def __init__(self, resolver: str, exchange: Exchange, sleep: Sleep, interval_s: float = 0.0) -> None:
        self.resolver = resolver
        self._exchange = exchange
        self._sleep = sleep
        self._interval_s = interval_s
        self.queries = 0

    def _asker(self) -> Asker:
        """Return what asks one list, not faster than the limit."""

        async def pause() -> None:
            self.queries += 1
            if self._interval_s:
                await self._sleep(self._interval_s)

        return Asker(self._exchange, self._sleep, pause)

    async def look(self, at: float, wanted: LookingFor) -> Look:
        """Look at everything. What cannot be known is unknown; nothing is raised."""
        nonexistent = await nonexistent_name(self._asker().ask)
        alive = wanted.lists.alive
        if nonexistent.came is Came.NOTHING:
            # Every other question would only take the same time again.
            lists: list[ListLook] = [_silent(each, wanted.subjects) for each in alive]
        else:
            asked = (look_at(each, wanted.subjects, self._asker().ask) for each in alive)
            lists = list(await asyncio.gather(*asked))
        posture = await checked_posture(
            wanted.addresses, wanted.domains, wanted.identity, nonexistent, self._asker().ask
        )
        lists = [each for each in lists if each.entries]
        return Look(at, self.resolver, tuple(lists), dead_in(wanted.lists), posture)


def _silent(blocklist: BlockList, subjects: Sequence[Subject]) -> ListLook:
    fault = Fault.TIME_OUT
    entries = tuple(
        Entry(each, blocklist.zone, unknown(fault)) for each in subjects if name_on(blocklist, each) is not None
    )
    return ListLook(blocklist, fault, entries)


def looker_at(address: str, port: int, clock: WallClock) -> Looker:
    """Return what looks through a resolver."""
    interval_s = 0.0 if ipaddress.ip_address(address).is_loopback else 1 / A_SECOND
    shown = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    return Looker(shown, over_sockets(address, port), clock.sleep, interval_s)


def most_queries(wanted: LookingFor) -> int:
    """Return how many questions a look may ask if each is answered at the first try."""
    of_lists = sum(
        4 * len(names_to_test(each, wanted.subjects))
        + 2 * sum(name_on(each, subject) is not None for subject in wanted.subjects)
        for each in wanted.lists.alive
    )
    return of_lists + 1 + _OF_A_SUBJECT * len(wanted.subjects)
