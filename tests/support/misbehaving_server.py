"""An SMTP server that follows a script instead of the standard."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from enum import Enum
from typing import Final


class Misdeed(Enum):
    """What a server may do in place of a reply."""

    HANG = "says nothing more"
    CLOSE = "hangs up"
    RESET = "cuts the line"
    FOREVER = "repeats what it said last without end"


HANG, CLOSE, RESET, FOREVER = Misdeed

Act = bytes | Misdeed
Script = Mapping[str, tuple[Act, ...]]

GO_AHEAD: Final = b"354 go ahead\r\n"
PIPELINING: Final = (b"250-mx.bad.example\r\n250-PIPELINING\r\n250 SIZE 1000000\r\n",)
WELL_BEHAVED: Final[Script] = {
    "greeting": (b"220 mx.bad.example ESMTP\r\n",),
    "EHLO": (b"250-mx.bad.example\r\n250 SIZE 1000000\r\n",),
    "MAIL": (b"250 2.1.0 sender ok\r\n",),
    "RCPT": (b"250 2.1.5 recipient ok\r\n",),
    "DATA": (GO_AHEAD,),
    "content": (b"250 2.0.0 taken\r\n",),
    "RSET": (b"250 2.0.0 reset\r\n",),
    "QUIT": (b"221 2.0.0 bye\r\n", CLOSE),
}
_UNKNOWN: Final[tuple[Act, ...]] = (b"500 5.5.1 unrecognized\r\n",)


@asynccontextmanager
async def misbehaving(script: Script, *, drip: bool = False) -> AsyncIterator[tuple[int, list[str]]]:
    """Serve the well-behaved dialogue with parts of it replaced; gives the port and the list of what was heard.

    ``drip`` sends every octet on its own.
    """
    acts = {**WELL_BEHAVED, **script}
    heard: list[str] = []
    talking: set[asyncio.Task[None]] = set()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talking.add(task)
        with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await _act(acts["greeting"], writer, drip=drip)
            while not writer.is_closing():
                verb = (await reader.readuntil(b"\r\n"))[:4].decode("latin-1").strip().upper()
                heard.append(verb)
                await _act(acts.get(verb, _UNKNOWN), writer, drip=drip)
                if verb == "DATA" and acts["DATA"][0] == GO_AHEAD:
                    # Begun with the end of the line before, so that an empty message ends, too.
                    content = b"\r\n"
                    while not content.endswith(b"\r\n.\r\n"):
                        content += await reader.readuntil(b"\r\n")
                    heard.append(f"content of {len(content) - 5} octets")
                    await _act(acts["content"], writer, drip=drip)
        writer.transport.abort()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], heard
    finally:
        server.close()
        for task in talking:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=True)
        await server.wait_closed()


async def _act(acts: tuple[Act, ...], writer: asyncio.StreamWriter, *, drip: bool) -> None:
    last = b""
    for act in acts:
        match act:
            case bytes():
                last = act
                for piece in [act[at : at + 1] for at in range(len(act))] if drip else [act]:
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
            case Misdeed.HANG:
                await asyncio.get_running_loop().create_future()
            case Misdeed.CLOSE:
                writer.close()
                await writer.wait_closed()
            case Misdeed.RESET:
                writer.transport.abort()
                raise ConnectionResetError
            case Misdeed.FOREVER:
                while True:
                    writer.write(last)
                    await writer.drain()
