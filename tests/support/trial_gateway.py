"""One gateway on trial: built from a few settings, with its clock, its names and the truth it writes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from pydantic import TypeAdapter
from wire import PATIENCE_S

from fake_gateways import persona as personas
from fake_gateways import server
from fake_gateways.clock import VirtualClock
from fake_gateways.dns.zone import Listing, World
from fake_gateways.gateway import Gateway
from fake_gateways.needs import Ask, QueryHandler
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.policies import AnySettings
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.truth import Cause, Truth
from fake_gateways.units import parse_duration, parse_size
from fake_gateways.verdict import Answer, Question
from fake_gateways.wording import Wording

STARTS: Final = 1_772_438_400.0
"""Monday, 2 March 2026, 08:00 UTC."""
_POLICIES: Final = TypeAdapter(tuple[AnySettings, ...])


class Books(list[Truth]):
    """The truth as it is written down."""

    def __init__(self) -> None:
        super().__init__()
        self._written = asyncio.Event()

    def write(self, truth: Truth) -> None:
        """Take a row."""
        self.append(truth)
        self._written.set()

    async def reach(self, count: int) -> None:
        """Wait until there are so many rows."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self) < count:
                self._written.clear()
                await self._written.wait()

    @property
    def table(self) -> list[str]:
        """Each row as a transcript writes it: recipient, cause, what was claimed, fate, stage."""
        return [
            f"{row.recipient or '-'} {row.cause or '-'} claimed {row.claimed or '-'} {row.fate} @{row.stage}"
            for row in self
        ]


@dataclass
class Trial:
    """A gateway and all that surrounds it."""

    gateway: Gateway
    clock: VirtualClock
    world: World
    books: Books
    reports: list[DeliveryReport]

    @property
    def answer_query(self) -> QueryHandler:
        """Answer from the world, and let simulated time pass."""
        return QueryHandler(self.ask_world, self.clock.sleep)

    async def ask_world(self, question: Question) -> Answer:
        """Answer from the world's names without a nameserver."""
        return self.world.answer(question, self.clock.now())


def build(
    *,
    persona: str = "consumer",
    mailboxes: Mapping[str, str] | None = None,
    domains: tuple[str, ...] = (),
    catch_all: bool = False,
    policies: tuple[Mapping[str, Any], ...] = (),
    claims: Mapping[str, str] | None = None,
    lie: str = "",
    lies: float = 1.0,
    size_limit: str | None = None,
    listings: tuple[Mapping[str, str], ...] = (),
    xclient: bool = False,
) -> Trial:
    """Build a gateway as a scenario would name its parts; ``from`` of a listing counts from the trial's start.

    ``lie`` is the name of one of the persona's, in place of ``claims``.
    """
    states = {address: MailboxState(state) for address, state in (mailboxes or {}).items()}
    served = domains or tuple(dict.fromkeys(map(domain_of, states))) or ("northwind.example",)
    vendor = personas.load(persona)
    named = {policy["type"] for policy in policies}
    always = tuple({"type": kind} for kind in ("relay", "directory") if kind not in named)
    told = {Cause(cause): Cause(claimed) for cause, claimed in (claims or {}).items()}
    words: Mapping[Cause, Wording] = {}
    if lie:
        known = next(each for each in vendor.lie if each.name == lie)
        told, words = known.claims, known.words
    clock, world, books = VirtualClock(STARTS), World(), Books()
    reports: list[DeliveryReport] = []
    world.add_listings(
        Listing(
            listing["address"],
            listing["zone"],
            STARTS + parse_duration(listing.get("from", "0s")),
            STARTS + parse_duration(listing["until"]) if "until" in listing else None,
        )
        for listing in listings
    )
    gateway = Gateway(
        name="northwind",
        host=vendor.mx.format(label="northwind"),
        persona=vendor,
        directory=Directory(served, states, catch_all),
        policies=_POLICIES.validate_python((*policies, *always)),
        claims=told,
        words=words,
        lies=lies,
        size_limit=parse_size(size_limit) if size_limit else vendor.size_limit,
        clock=clock,
        starts=STARTS,
        seed="550:northwind",
        write=books.write,
        post=reports.append,
        xclient=xclient,
    )
    return Trial(gateway, clock, world, books, reports)


@asynccontextmanager
async def serving(
    trial: Trial, ask: Ask | None = None, *, tls: server.TlsContext | None = None, proxied: bool = False
) -> AsyncIterator[int]:
    """Listen on a free port, which is what it yields."""
    answer_query = trial.answer_query if ask is None else QueryHandler(ask, trial.clock.sleep)
    listener = await server.serve(trial.gateway, answer_query, address="127.0.0.1", tls=tls, proxied=proxied)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        await listener.wait_closed()
