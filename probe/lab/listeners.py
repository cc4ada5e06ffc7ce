"""Opens gateways, nameserver, return mailbox and bouncer. Runs and ``serve`` share it."""

from __future__ import annotations

import asyncio
import errno
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from weakref import ReferenceType, WeakSet, ref

from fake_gateways import scanners, server
from fake_gateways.clock import Clock
from fake_gateways.dns import nameserver
from fake_gateways.dns.resolver import PATIENCE_S, Resolver
from fake_gateways.dns.zone import World
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.needs import Ask, QueryHandler, Sleep
from fake_gateways.reports.bouncer import Bouncer
from fake_gateways.server import Carrier
from probe.input_error import InputError
from probe.returned_mail import mailbox_server
from probe.returned_mail.joiner import ReturnJoiner
from probe.scenario.model import Scenario
from probe.scenario.sending import Sender


def query_handler(
    scenario: Scenario, ask: Ask, sleep: Sleep, allowed: Sequence[Network], *, patience_s: float = math.inf
) -> QueryHandler:
    """Return what answers the gateways' queries: DNS, time, and the content filters the scenario names."""
    return QueryHandler(ask, sleep, scanners.connect(scenario.scanners_asked, allowed), patience_s)


def return_address(sender: Sender) -> str:
    """Return the IP address of the mailbox behind the sender's return-paths."""
    return sender.ips[0].address if sender.return_mailbox is None else sender.return_mailbox[0]


@contextmanager
def address_errors(address: str) -> Iterator[None]:
    """Turn the OSError of an address that this machine does not have into an InputError."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRNOTAVAIL:
            raise
        remedy = "add it to a network interface, or choose one that the machine has"
        raise InputError(address, "is not an address of this machine", remedy) from None


Ends = tuple[tuple[str, int], tuple[str, int]]
"""Address and port of a server, and of its client."""


class _WatchedCarrier(Carrier):
    """A connection that tells, with the client's address and port, if an error of the network ends it."""

    broke: Callable[[tuple[str, int], OSError], None]
    ends: dict[Ends, ReferenceType[_WatchedCarrier]]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.peer: tuple[str, int] = transport.get_extra_info("peername")[:2]
        server: tuple[str, int] = transport.get_extra_info("sockname")[:2]
        self.ends[server, self.peer] = ref(self)
        super().connection_made(transport)

    @property
    def serves(self) -> bool:
        """Whether it is open, and the gateway has not begun to close it."""
        return self.transport is not None and not self.transport.is_closing()

    def connection_lost(self, error: Exception | None) -> None:
        if isinstance(error, OSError):
            self.broke(self.peer, error)
        super().connection_lost(error)


@dataclass
class Listeners:
    """Opens listeners, and closes them and their connections on exit; the nameserver last, because gateways ask it.

    Every method raises OSError for a port in use, InputError for an address that the machine does not have, and
    OutsideError for one beyond loopback and ``allowed``. ``broke`` gets every connection with a gateway that an error
    of the network has ended.
    """

    clock: Clock
    allowed: Sequence[Network] = ()
    broke: Callable[[tuple[str, int], OSError], None] = lambda *_: None

    async def __aenter__(self) -> Self:
        self._stack = AsyncExitStack()
        self._closed_last = await self._stack.enter_async_context(AsyncExitStack())
        self._connections: WeakSet[_WatchedCarrier] = WeakSet()
        self._ends: dict[Ends, ReferenceType[_WatchedCarrier]] = {}
        self._mailbox_connections: WeakSet[Any] = WeakSet()
        self._stack.push_async_callback(self._end_connections)
        return self

    def _carrier(self, *given: Any, **named: Any) -> Carrier:
        new = _WatchedCarrier(*given, **named)
        new.broke = self.broke
        new.ends = self._ends
        self._connections.add(new)
        return new

    def has_open(self, peer: tuple[str, int]) -> bool:
        """Whether a gateway has the connection of a client open, and has not begun to close it."""
        return any(each.peer == peer and each.serves for each in self._connections)

    def serves(self, server: tuple[str, int], peer: tuple[str, int]) -> bool:
        """Whether a gateway at an address and port has not begun to close a client's connection, as far as is known."""
        found = self._ends.get((server, peer))
        if found is None:
            return True  # as with a proxy between them
        carrier = found()
        return carrier is not None and carrier.serves

    async def _end_connections(self) -> None:
        for mailbox in tuple(self._mailbox_connections):
            if mailbox.transport is not None:
                mailbox.transport.abort()
        for each in tuple(self._connections):
            await each.end()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def open_nameserver(self, world: World, *, address: str = "127.0.0.1", port: int = 0) -> tuple[str, int]:
        """Answer DNS queries by the run's clock; return address and port."""
        names = await nameserver.serve(
            world,
            self.clock.now,
            address=address,
            port=port,
            allowed=self.allowed,
            idle_s=self.clock.patience(nameserver.TCP_IDLE_S),
        )
        self._closed_last.push_async_callback(names.close)
        return names.address, names.port

    async def open_resolver(self, address: str, port: int) -> Resolver:
        """Return a resolver of a nameserver. Raises OutsideError."""
        resolver = Resolver(address, port, allowed=self.allowed, patience_s=self.clock.patience(PATIENCE_S))
        return await self._closed_last.enter_async_context(resolver)

    async def open_gateway(
        self,
        gateway: Gateway,
        answer_query: QueryHandler,
        *,
        port: int = 0,
        tls: server.TlsContext | None = None,
        tls_from_start: bool = False,
        proxied: bool = False,
    ) -> int:
        """Listen for a gateway at its address; return the port."""
        with address_errors(gateway.address):
            listener = await server.serve(
                gateway,
                answer_query,
                address=gateway.address,
                port=port,
                idle_s=self.clock.patience(server.IDLE_S),
                tls=tls,
                tls_from_start=tls_from_start,
                proxied=proxied,
                allowed=self.allowed,
                carrier=self._carrier,
            )
        self._stack.callback(listener.close)
        return _port_of(listener)

    def open_bouncer(self, ask: Ask, report_port: int) -> Bouncer:
        """Return a bouncer, which sends delivery reports to the return-path's MX at ``report_port``."""
        bouncer = Bouncer(ask, self.clock, report_port, allowed=self.allowed)
        self._stack.push_async_callback(bouncer.close)
        return bouncer

    async def open_return_mailbox(self, sender: Sender, joiner: ReturnJoiner, *, port: int = 0) -> int:
        """Listen for mail to the sender's return-paths; return the port."""

        def accept(return_path: str, content: bytes) -> None:
            joiner.accept(return_path, content, self.clock.now())

        address = return_address(sender)
        with address_errors(address):
            mailbox = await mailbox_server.listen(
                sender.return_path,
                accept,
                address=address,
                port=port,
                allowed=self.allowed,
                idle_s=self.clock.patience(mailbox_server.IDLE_S),
                keep=self._mailbox_connections.add,
            )
        self._stack.callback(mailbox.close)
        return _port_of(mailbox)


def _port_of(listener: asyncio.Server) -> int:
    port: int = listener.sockets[0].getsockname()[1]
    return port
