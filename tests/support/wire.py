"""A client's end of a TCP connection, for tests that say exactly which octets go out and in what pieces."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

PATIENCE_S: Final = 20.0
"""How long to wait for what has to happen before calling it a failure."""


@asynccontextmanager
async def closing(writer: asyncio.StreamWriter) -> AsyncIterator[None]:
    """Close a connection in the end, whoever of the two hung up first."""
    try:
        yield
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


class Client:
    """A connection to a server, with a deadline on whatever is waited for."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self.writer = writer

    def send(self, octets: bytes) -> None:
        """Send octets as they are."""
        self.writer.write(octets)

    def reset(self) -> None:
        """Close with an RST in place of a FIN."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.close()

    async def line(self) -> str:
        """Return the next line without its CRLF, empty when the server hung up."""
        async with asyncio.timeout(PATIENCE_S):
            line = await self._reader.readline()
        assert not line or line.endswith(b"\r\n"), line
        return line.decode().removesuffix("\r\n")

    async def reply(self) -> str:
        """Return the last line of the next reply."""
        while (line := await self.line())[3:4] == "-":
            pass
        return line

    async def say(self, command: bytes) -> str:
        """Send one command and return the last line of its reply."""
        self.send(command + b"\r\n")
        return await self.reply()

    async def to_the_end(self) -> bytes:
        """Return all that still comes until the server hangs up."""
        async with asyncio.timeout(PATIENCE_S):
            return await self._reader.read()


@asynccontextmanager
async def connected(port: int, *, source: str = "127.10.0.1") -> AsyncIterator[Client]:
    """Connect to a port of this machine; the greeting has not been read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0))
    async with closing(writer):
        yield Client(reader, writer)
