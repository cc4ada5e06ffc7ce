"""An SMTP server whose answers a function gives, and that notes every line it hears."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from typing import Final, TypeVar

Served = TypeVar("Served")

Answer = Callable[[str, str], str | None]
"""Gets the client's IP address and a line; returns a reply, None for the usual one. The greeting answers ""."""
HANG: Final = ""
"""In place of a reply: the server says nothing more."""

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
                    reply = answer(peer, line)
                    if reply is None:
                        reply = _USUAL.get(line, "250 2.0.0 ok")
                    if reply == HANG:
                        await asyncio.get_running_loop().create_future()
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


@contextmanager
def in_background(server: AbstractAsyncContextManager[Served]) -> Iterator[Served]:
    """Run a server in a thread of its own; gives what it gives."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    finally:
        asyncio.run_coroutine_threadsafe(server.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
