"""What connects a lane with its gateways, the DNS and its own mailbox: sockets, or calls in memory."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Final

from fake_gateways import certificate, scanners, server
from fake_gateways.clock import Clock, VirtualClock
from fake_gateways.dns import nameserver
from fake_gateways.dns.mx_lookup import Exchanger, way_to
from fake_gateways.dns.resolver import Resolver
from fake_gateways.dns.zone import World
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.needs import Ask, QueryHandler
from fake_gateways.reports.bouncer import Bouncer
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.verdict import Answer, Question
from probe.returned_mail import mailbox_server as return_mailbox
from probe.returned_mail.joiner import Home
from probe.scenario.companies import Company
from probe.scenario.model import Scenario
from probe.sender.transport import Transport, TransportName
from probe.sender.transport.memory import MemoryTransport, UnreachableTransport
from probe.sender.transport.tcp import REPLY_TIMEOUT_S, ReplyTimeout, TcpTransport

DISCARD_PORT: Final = 9
"""Where nobody listens, at an exchanger's address that belongs to no gateway."""


@dataclass(frozen=True)
class Place:
    """Where a lane lives. ``gateways`` are ours, by address."""

    scenario: Scenario
    world: World
    companies: tuple[Company, ...]
    gateways: Mapping[str, Gateway]
    clock: Clock
    home: Home
    allowed: tuple[Network, ...] = ()


@dataclass(frozen=True)
class Wiring:
    """The ways of a lane: to an exchanger, to the DNS, and home for what gateways post."""

    reach: Callable[[Exchanger], Transport]
    ask: Ask
    bring_home: Callable[[DeliveryReport], Awaitable[None]]


def wired(place: Place, transport: TransportName) -> AbstractAsyncContextManager[Wiring]:
    """Open the ways for as long as the lane lives."""
    return _in_memory(place) if transport == "memory" else _over_sockets(place)


@asynccontextmanager
async def _in_memory(place: Place) -> AsyncIterator[Wiring]:
    """Call everybody directly."""

    async def ask(question: Question) -> Answer:
        return place.world.answer(question, place.clock.now())

    async def bring_home(report: DeliveryReport) -> None:
        way = await way_to(domain_of(report.return_path), ask)
        if way.exchangers and way.exchangers[0].address == _home_of(place):
            place.home.take(report.return_path, report.content.encode("latin-1"), report.at)

    filters = scanners.connect(place.scenario.scanners_asked, place.allowed)
    answer_query = QueryHandler(ask, place.clock.sleep, filters, place.scenario.sender.patience)
    ways = {address: MemoryTransport(gateway, answer_query) for address, gateway in place.gateways.items()}
    nobody = UnreachableTransport()
    yield Wiring(lambda to: ways.get(to.address, nobody), ask, bring_home)


@asynccontextmanager
async def _over_sockets(place: Place) -> AsyncIterator[Wiring]:
    """Listen for every gateway, for names at the lane's own time, and for the reports that come home."""
    sender, clock = place.scenario.sender, place.clock
    is_virtual = isinstance(clock, VirtualClock)
    patience = ReplyTimeout(sender.patience)
    deadline_s = REPLY_TIMEOUT_S if is_virtual else sender.patience

    async def sleep(seconds: float) -> None:
        """Let the lane's time pass; should the sender lose its patience, it learns why its line is cut."""
        patience.is_out = is_virtual and seconds >= sender.patience
        await clock.sleep(seconds)

    def transport(address: str, port: int) -> Transport:
        return TcpTransport(address, port, allowed=place.allowed, deadline_s=deadline_s, reply_timeout=patience)

    def reach(to: Exchanger) -> Transport:
        if to.address not in ways:
            ways[to.address] = transport(to.address, DISCARD_PORT)
        return ways[to.address]

    async with AsyncExitStack() as stack:
        names = await nameserver.serve(place.world, clock.now)
        stack.push_async_callback(names.close)
        resolver = Resolver(names.address, names.port)
        filters = scanners.connect(place.scenario.scanners_asked, place.allowed)
        answer_query = QueryHandler(resolver.ask, sleep, filters, sender.patience if is_virtual else math.inf)
        ways = _foreign(place, transport)
        hosts = [gateway.host for gateway in place.gateways.values()]
        tls = certificate.issuer(hosts) if hosts and sender.tls != "none" else None
        for address, gateway in place.gateways.items():
            listener = await server.serve(gateway, answer_query, address=address, tls=tls, allowed=place.allowed)
            stack.callback(listener.close)
            ways[address] = transport(address, listener.sockets[0].getsockname()[1])
        mailbox = await return_mailbox.listen(
            sender.return_path,
            lambda return_path, content: place.home.take(return_path, content, clock.now()),
            address=_home_of(place),
            allowed=place.allowed,
        )
        stack.callback(mailbox.close)
        bouncer = Bouncer(resolver.ask, clock, mailbox.sockets[0].getsockname()[1], allowed=place.allowed)

        async def bring_home(report: DeliveryReport) -> None:
            await bouncer.hand_over(report)

        yield Wiring(reach, resolver.ask, bring_home)


def _home_of(place: Place) -> str:
    """Return the address of the sender's own mailbox."""
    sender = place.scenario.sender
    return sender.ips[0].address if sender.return_mailbox is None else sender.return_mailbox[0]


def _foreign(place: Place, transport: Callable[[str, int], Transport]) -> dict[str, Transport]:
    """Return the ways to servers of somebody else's, by address."""
    servers = [company.spec.foreign for company in place.companies if company.spec.foreign is not None]
    if place.scenario.sender.smart_host is not None:
        servers.append(place.scenario.sender.smart_host)
    return {address: transport(address, port) for address, port in servers}
