"""A proxy between client and server, in their event loop, which passes octets on as a bad network would.

It splits and merges what it passes on, and lets turns of the loop go by in between. It duplicates and reorders nothing,
as TCP does not. With ``cuts`` it loses connections: after some octets of one side it passes on the end of that side and
nothing more. The server is told first. In simulated time the books could not be right otherwise: the lane's clock
stands still only while the client waits.
"""

from __future__ import annotations

import asyncio
import random
import socket
import struct
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, cast

_PIECES: Final = (1, 2, 3, 7, 30, 200, 1_000, 10**6)
"""Octets that are passed on at once, at most."""
_MOST_TURNS: Final = 4
_SETTLED: Final = 20
"""Turns in which a server in the same loop has noticed a reset."""
_LATEST_CUT: Final = 4_000
"""The octet of a connection after which it is not cut any more."""


@dataclass
class Proxy:
    """All connections through it. ``ports`` has the client's port by the one from which the server is connected."""

    rng: random.Random
    cuts: float = 0.0
    connections: int = 0
    pieces: int = 0
    lost_connections: int = 0
    ports: dict[int, int] = field(default_factory=dict)

    async def listen(self, address: str, server_port: int) -> asyncio.Server:
        """Listen before a server at the same address."""
        loop = asyncio.get_running_loop()
        tasks: set[asyncio.Task[None]] = set()

        def begin(client: _End) -> None:
            task = loop.create_task(self._connect(client, address, server_port))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        return await loop.create_server(lambda: _End(begin), address, 0)

    async def _connect(self, client: _End, address: str, port: int) -> None:
        """Connect the server from the client's address, and pass on what both say until both have ended."""
        self.connections += 1
        loop = asyncio.get_running_loop()
        host, client_port = client.wire.get_extra_info("peername")[:2]
        sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        sock.setblocking(False)  # noqa: FBT003 - socket's own signature
        sock.bind((host, 0))
        self.ports[sock.getsockname()[1]] = client_port  # before the server asks for it
        server = _End()
        try:
            await loop.sock_connect(sock, (address, port))
            await loop.create_connection(lambda: server, sock=sock)
        except OSError:
            sock.close()
            client.wire.abort()
            return
        limits: list[int | None] = [None, None]
        if self.rng.random() < self.cuts:
            limits[self.rng.randrange(2)] = self.rng.randrange(self.rng.choice((40, 400, _LATEST_CUT)))
        passing = [
            loop.create_task(self._pass_on(client, server, limits[0])),
            loop.create_task(self._pass_on(server, client, limits[1])),
        ]
        for passed in asyncio.as_completed(passing):
            if await passed:
                self.lost_connections += 1
                for task in passing:
                    task.cancel()
                await self._cut(client, server)
                break
        client.wire.close()
        server.wire.close()

    async def _pass_on(self, source: _End, target: _End, limit: int | None) -> bool:
        """Pass on what one side says to its end; return whether it is to be cut now."""
        passed = 0
        while True:
            await source.heard.wait()
            for _ in range(self.rng.randrange(_MOST_TURNS)):
                await asyncio.sleep(0)
            octets = source.take(self.rng.choice(_PIECES))
            if limit is not None and passed + len(octets) >= limit:
                target.write(octets[: limit - passed])
                return True
            passed += len(octets)
            self.pieces += 1
            target.write(octets)
            if source.ended.is_set() and not source.buffer:
                target.end()
                return False

    async def _cut(self, client: _End, server: _End) -> None:
        """Lose the connection: tell the server, and when it has noticed the client."""
        if self.rng.random() < 0.5:
            server.end()
            await server.ended.wait()
        else:
            server.reset()
            for _ in range(_SETTLED):
                await asyncio.sleep(0)
        if self.rng.random() < 0.5:
            client.reset()


class _End(asyncio.Protocol):
    """One side of a connection through the proxy."""

    def __init__(self, begin: Callable[[_End], None] | None = None) -> None:
        self._begin = begin
        self.wire: asyncio.Transport
        self.buffer = bytearray()
        self.heard = asyncio.Event()
        self.ended = asyncio.Event()
        self._is_gone = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.wire = cast("asyncio.Transport", transport)
        if self._begin is not None:
            self._begin(self)

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        self.heard.set()

    def eof_received(self) -> bool:
        self._end()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._end()
        self._is_gone = True

    def _end(self) -> None:
        self.ended.set()
        self.heard.set()

    @property
    def _is_deaf(self) -> bool:
        """Whether nobody is there to hear more. A transport closes before it tells of it."""
        return self._is_gone or self.wire.is_closing()

    def take(self, most: int) -> bytes:
        """Remove some octets from what was heard."""
        octets = bytes(self.buffer[:most])
        del self.buffer[:most]
        if not (self.buffer or self.ended.is_set()):
            self.heard.clear()
        return octets

    def write(self, octets: bytes) -> None:
        """Say something, if anybody is there."""
        if octets and not self._is_deaf:
            self.wire.write(octets)

    def end(self) -> None:
        """Say that there is no more to come."""
        if not self._is_deaf:
            with suppress(OSError):  # the other side may be gone already
                self.wire.write_eof()

    def reset(self) -> None:
        """Close with an RST in place of a FIN."""
        if not self._is_deaf:
            sock = self.wire.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.wire.abort()
