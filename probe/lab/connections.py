"""Connects a lane with its gateways, the DNS and its return mailbox: over sockets, or by calls in memory."""

from __future__ import annotations

import asyncio
import errno
import math
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Final

from fake_gateways import certificate
from fake_gateways.clock import Clock, VirtualClock
from fake_gateways.dns.mx_lookup import Exchanger, way_to
from fake_gateways.dns.zone import World
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.needs import Ask
from fake_gateways.reports.bouncer import send_report
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.verdict import Answer, Question
from probe.input_error import InputError
from probe.lab.listeners import Listeners, query_handler, return_address
from probe.returned_mail.joiner import ReturnJoiner
from probe.scenario.companies import Company
from probe.scenario.model import Scenario
from probe.scenario.sending import Sender
from probe.sender.transport import ReplyTimeout, Transport, TransportName
from probe.sender.transport.memory import MemoryTransport, UnreachableTransport
from probe.sender.transport.tcp import Serves, TcpTransport

_NO_MEMORY: Final = frozenset({errno.ENOBUFS, errno.ENOMEM})
"""What the other end never causes."""


@dataclass(frozen=True, kw_only=True)
class LaneContext:
    """What a lane is connected with. ``gateways`` are the simulated ones, by address."""

    scenario: Scenario
    world: World
    companies: tuple[Company, ...]
    gateways: Mapping[str, Gateway]
    clock: Clock
    joiner: ReturnJoiner
    allowed: tuple[Network, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LaneConnections:
    """A lane's connections.

    ``reach`` returns the transport to an exchanger, ``ask`` answers DNS questions, and ``deliver_report`` sends a
    gateway's delivery report to the return mailbox.
    """

    reach: Callable[[Exchanger], Transport]
    ask: Ask
    deliver_report: Callable[[DeliveryReport], Awaitable[None]]


def connect_lane(context: LaneContext, transport: TransportName) -> AbstractAsyncContextManager[LaneConnections]:
    """Open a lane's connections; they close on exit."""
    return _in_memory(context) if transport == "memory" else _over_sockets(context)


@asynccontextmanager
async def _in_memory(context: LaneContext) -> AsyncIterator[LaneConnections]:
    scenario, clock = context.scenario, context.clock

    async def ask(question: Question) -> Answer:
        return context.world.answer(question, clock.now())

    async def deliver_report(report: DeliveryReport) -> None:
        if await _comes_home(report, ask, scenario.sender):
            context.joiner.accept(report.return_path, report.content.encode("latin-1"), report.at)

    answer_query = query_handler(scenario, ask, clock.sleep, context.allowed, patience_s=scenario.sender.patience)
    transports = {address: MemoryTransport(gateway, answer_query) for address, gateway in context.gateways.items()}
    unreachable = UnreachableTransport()
    yield LaneConnections(
        reach=lambda to: transports.get(to.address, unreachable), ask=ask, deliver_report=deliver_report
    )


class _BrokenConnections:
    """Ends the run if the machine breaks a connection that neither end has closed: the lane would go on otherwise."""

    def __init__(self) -> None:
        self.transports: dict[str, TcpTransport] = {}
        self.listeners: Listeners

    def at_gateway(self, peer: tuple[str, int], error: OSError) -> None:
        """Hear of an error at a gateway."""
        if error.errno in _NO_MEMORY or any(transport.has_open(peer) for transport in self.transports.values()):
            self._report(error)

    def at_sender(self, local: tuple[str, int], error: OSError) -> None:
        """Hear of an error at the sender. Real servers may close connections as they like."""
        if error.errno in _NO_MEMORY or self.listeners.has_open(local):
            self._report(error)

    def _report(self, error: OSError) -> None:
        told = _broken(error)
        asyncio.get_running_loop().call_exception_handler({"message": str(told), "exception": told})


@asynccontextmanager
async def _over_sockets(context: LaneContext) -> AsyncIterator[LaneConnections]:
    """Open a listener for every gateway, a nameserver on the lane's clock, and the return mailbox."""
    scenario, clock = context.scenario, context.clock
    sender = scenario.sender
    is_virtual = isinstance(clock, VirtualClock)
    reply_timeout = ReplyTimeout(sender.patience)
    broken = _BrokenConnections()
    transports = broken.transports
    deadline_s = clock.patience(sender.patience)

    async def sleep(seconds: float) -> None:
        """Let simulated time pass; note if it exceeds the sender's patience, because no timer of the sender runs."""
        reply_timeout.is_out = is_virtual and seconds >= sender.patience
        await clock.sleep(seconds)

    def tcp_to(address: str, port: int, serves: Serves = lambda _: True) -> TcpTransport:
        return TcpTransport(
            address,
            port,
            allowed=context.allowed,
            deadline_s=deadline_s,
            reply_timeout=reply_timeout,
            broke=broken.at_sender,
            serves=serves,
        )

    async with Listeners(clock, context.allowed, broken.at_gateway) as listeners:
        resolver = await listeners.open_resolver(*await listeners.open_nameserver(context.world))
        patience_s = sender.patience if is_virtual else math.inf
        answer_query = query_handler(scenario, resolver.ask, sleep, context.allowed, patience_s=patience_s)
        broken.listeners = listeners
        transports |= {address: tcp_to(address, port) for address, port in _foreign_servers(context)}
        hosts = [gateway.host for gateway in context.gateways.values()]
        tls = certificate.issuer(hosts) if hosts and sender.tls != "none" else None
        for address, gateway in context.gateways.items():
            port = await listeners.open_gateway(gateway, answer_query, tls=tls)
            serves = partial(listeners.serves, (address, port))
            transports[address] = tcp_to(address, port, serves if is_virtual else lambda _: True)
        report_port = await listeners.open_return_mailbox(sender, context.joiner)

        async def deliver_report(report: DeliveryReport) -> None:
            if await _comes_home(report, resolver.ask, sender):
                try:
                    await send_report(report, return_address(sender), report_port, math.inf)
                except OSError as error:
                    raise _broken(error) from None

        unreachable = UnreachableTransport()
        try:
            yield LaneConnections(
                reach=lambda to: transports.get(to.address, unreachable),
                ask=resolver.ask,
                deliver_report=deliver_report,
            )
        finally:
            for transport in transports.values():
                transport.close()


async def _comes_home(report: DeliveryReport, ask: Ask, sender: Sender) -> bool:
    """Whether the sender's own mailbox takes the mail to a report's return-path."""
    way = await way_to(domain_of(report.return_path), ask)
    return bool(way.exchangers) and way.exchangers[0].address == return_address(sender)


def _broken(error: OSError) -> InputError:
    words = " ".join((error.strerror or str(error)).split())
    return InputError("this machine", f"has broken a connection ({words})", "continue with --resume")


def _foreign_servers(context: LaneContext) -> list[tuple[str, int]]:
    """Return address and port of every real server that the lane sends to."""
    servers = [company.spec.foreign for company in context.companies if company.spec.foreign is not None]
    if context.scenario.sender.smart_host is not None:
        servers.append(context.scenario.sender.smart_host)
    return servers
