"""Nothing is connected to or listened on beyond loopback unless a network is named, and no socket is opened to try."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Awaitable, Callable
from typing import Final

import pytest
import trial_gateway

from fake_gateways import server
from fake_gateways.dns import nameserver
from fake_gateways.dns.resolver import Resolver
from fake_gateways.dns.zone import World
from fake_gateways.loopback import Network, OutsideError
from fake_gateways.verdict import Question
from probe.sender.transport.tcp import TcpTransport


class SocketOpened(BaseException):
    """Somebody asked the operating system for a socket."""


async def _serve_gateway(address: str, allowed: tuple[Network, ...]) -> None:
    trial = trial_gateway.build()
    await server.serve(trial.gateway, trial.ask_world, address=address, allowed=allowed)


async def _serve_names(address: str, allowed: tuple[Network, ...]) -> None:
    await nameserver.serve(World(), lambda: 0.0, address=address, allowed=allowed)


async def _resolve(address: str, allowed: tuple[Network, ...]) -> None:
    async with Resolver(address, 53, allowed=allowed) as resolver:
        await resolver.ask(Question("northwind.example", "MX"))


async def _deliver(address: str, allowed: tuple[Network, ...]) -> None:
    await TcpTransport(address, 25, allowed=allowed).connect("127.0.0.1", "mta1.messenger.example")


Go = Callable[[str, tuple[Network, ...]], Awaitable[None]]
everybody = pytest.mark.parametrize(
    "go", [_serve_gateway, _serve_names, _resolve, _deliver], ids=lambda go: go.__name__
)

TEST_NET: Final = ipaddress.ip_network("192.0.2.0/24")
DOCUMENTATION: Final = ipaddress.ip_network("2001:db8::/32")


@pytest.fixture
def no_sockets(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return what closes the way to the operating system; the event loop has its own sockets by then."""

    def opened(*_: object, **__: object) -> None:
        raise SocketOpened

    return lambda: monkeypatch.setattr(socket, "socket", opened)


@everybody
@pytest.mark.parametrize(
    "address",
    [
        "192.0.2.1",
        "10.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "126.255.255.255",
        "128.0.0.1",
        "2001:db8::1",
        "::",
        "::2",
        "::ffff:192.0.2.1",
        "localhost",
        "mx1.northwind.example",
        "",
        "127.1",
        "127.0.0.1:25",
    ],
)
async def test_an_address_outside_loopback_is_refused_before_any_socket_is_opened(
    go: Go, address: str, no_sockets: Callable[[], None]
) -> None:
    no_sockets()
    with pytest.raises(OutsideError, match="not a loopback address"):
        await go(address, ())


@everybody
@pytest.mark.parametrize("address", ["192.0.2.77", "2001:db8::77"])
async def test_a_network_that_is_named_is_open_and_no_other(
    go: Go, address: str, no_sockets: Callable[[], None]
) -> None:
    no_sockets()
    with pytest.raises(SocketOpened):
        await go(address, (TEST_NET, DOCUMENTATION))
    with pytest.raises(OutsideError):
        await go("198.51.100.1", (TEST_NET, DOCUMENTATION))


@everybody
@pytest.mark.parametrize("address", ["127.0.0.1", "127.255.255.254", "::1"])
async def test_loopback_needs_no_leave(go: Go, address: str, no_sockets: Callable[[], None]) -> None:
    no_sockets()
    with pytest.raises(SocketOpened):
        await go(address, ())
