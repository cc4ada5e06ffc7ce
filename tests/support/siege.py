"""A gateway under siege: whatever hostile clients do, the next honest one is served and the books are whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import trial_gateway
from trial_gateway import Trial
from wire import Client, connected

from fake_gateways.needs import Ask
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Stage

ANNA: Final = "anna.berg@northwind.example"
INES: Final = "ines.roth@northwind.example"
MAIL: Final = b"MAIL FROM:<news@bounce.messenger.example>"
RCPT: Final = f"RCPT TO:<{ANNA}>".encode()
SENT: Final = f"{ANNA} - claimed - inbox @end-of-data"


class Keep:
    """A policy without an opinion that keeps the content of every message."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []

    def judge(self, view: SessionView) -> None:
        self.contents.append(view.content)


def keep_contents(trial: Trial) -> Keep:
    """Have a gateway keep what it takes, before any policy may refuse it."""
    keep = Keep()
    trial.gateway.policies[Stage.END_OF_DATA] = (("keep", keep), *trial.gateway.policies[Stage.END_OF_DATA])
    return keep


@asynccontextmanager
async def besieged(trial: Trial, *rows: str, ask: Ask | None = None) -> AsyncIterator[tuple[int, Keep]]:
    """Serve a gateway to hostile clients; in the end it must have written ``rows``, and serve an honest client.

    Yields the port and the contents taken.
    """
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    keep = keep_contents(trial)
    async with trial_gateway.serving(trial, ask) as port:
        yield port, keep
        await trial.books.reach(len(rows))
        async with connected(port, source="127.10.0.9") as honest:
            await begun(honest, b"DATA")
            assert (await honest.say(b"Subject: Minutes\r\n\r\nDear Anna,\r\n.")).startswith("250")
            assert (await honest.say(b"QUIT")).startswith("221")
            assert await honest.to_the_end() == b""
    assert trial.books.table == [*rows, SENT]
    assert faults == []


async def begun(client: Client, *commands: bytes) -> None:
    """Greet, introduce, name sender and Anna, and say more commands; all is well so far."""
    assert (await client.reply()).startswith("220")
    for command in (b"EHLO mta1.messenger.example", MAIL, RCPT, *commands):
        assert (await client.say(command))[0] in "23", command
