"""An SMTP server whose answers a function gives, and that notes every line it hears."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

Answer = Callable[[str, str], str | None]
"""Gets the client's IP address and a line; returns a reply, None for the usual one. The greeting answers ""."""

_USUAL: Final = {"": "220 mx.acme.example", "DATA": "354 go ahead", "QUIT": "221 bye", ".": "250 2.0.0 queued"}


@asynccontextmanager
async def answering(answer: Answer, port: int = 0, address: str = "127.0.0.1") -> AsyncIterator[tuple[int, list[str]]]:
    """Serve; gives the port, a free one unless one is given, and the lines that were heard."""
    heard: list[str] = []
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        peer = writer.get_extra_info("peername")[0]
        line, is_content = "", False
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            while True:
                if not is_content or line == ".":
                    reply = answer(peer, line) or _USUAL.get(line, "250 2.0.0 ok")
                    is_content = reply.startswith("354")
                    writer.write(f"{reply}\r\n".encode())
                    await writer.drain()
                    if line == "QUIT":
                        break
                line = (await reader.readuntil(b"\r\n")).decode().removesuffix("\r\n")
                heard.append(line)
        writer.transport.abort()

    server = await asyncio.start_server(talk, address, port)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await server.wait_closed()
