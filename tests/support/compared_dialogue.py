"""The same dialogue with a real server and with its persona, and what each replied: codes and statuses, not words."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Final, NamedTuple

from wire import Client, closing

USUAL: Final = "127.10.0.1"
LISTED: Final = "127.10.0.2"
_REPLY: Final = re.compile(r"(\d{3})[ -](?:([245]\.\d{1,3}\.\d{1,3})(?= |$))?")


class Step(NamedTuple):
    """What a client sends at once, what it is called, and how many replies are due."""

    name: str
    octets: bytes
    replies: int = 1


class Dialogue(NamedTuple):
    """The steps of a client, after EHLO if ``hello``; it comes from an address."""

    steps: tuple[Step, ...]
    source: str = USUAL
    hello: bool = True


class Difference(NamedTuple):
    """A reply of a persona that differs from its original's on purpose. ``step`` is a part of the step's name."""

    step: str
    original: str
    persona: str


def say(*lines: str) -> Step:
    """Send command lines together."""
    return Step(" | ".join(lines), "".join(f"{line}\r\n" for line in lines).encode(), len(lines))


def transaction(*recipients: str, return_path: str = "news@sender.example", end: str = "DATA") -> Step:
    """Begin a transaction with commands that are sent together."""
    return say(f"MAIL FROM:<{return_path}>", *(f"RCPT TO:<{each}>" for each in recipients), *([end] if end else []))


def message(subject: str = "Minutes", body: str = "As agreed.", octets: int = 0) -> Step:
    """Send a message of at least so many octets."""
    body += "\r\n" + ("x" * 70 + "\r\n") * (octets // 72)
    text = f"From: <news@sender.example>\r\nSubject: {subject}\r\nMessage-ID: <1@sender.example>\r\n\r\n{body}.\r\n"
    return Step(f"message: {subject}{', large' if octets else ''}", text.encode())


def part(octets: bytes, *, last: bool = False) -> Step:
    """Send a part of a message (RFC 3030)."""
    line = f"BDAT {len(octets)}{' LAST' if last else ''}"
    return Step(line, f"{line}\r\n".encode() + octets)


async def converse(address: str, port: int, dialogue: Dialogue) -> list[tuple[str, str]]:
    """Return the steps with their replies; the last says whether the connection is then open."""
    reader, writer = await asyncio.open_connection(address, port, local_addr=(dialogue.source, 0))
    hello = [say("EHLO mta1.sender.example")] if dialogue.hello else []
    async with closing(writer):
        client = Client(reader, writer)
        heard = [("greeting", _short(await client.reply()))]
        for step in (*hello, *dialogue.steps):
            heard += [(step.name, reply) for reply in await _replies(client, step)]
        (last,) = await _replies(client, say("NOOP"))
        heard.append(("at the end", "open" if last.startswith("250") else "closed"))
    return heard


async def _replies(client: Client, step: Step) -> list[str]:
    found = ["closed"] * step.replies
    with suppress(ConnectionError):
        client.send(step.octets)
        for number in range(step.replies):
            found[number] = _short(await client.reply())
    return found


def _short(line: str) -> str:
    if not line:
        return "closed"
    found = _REPLY.match(line)
    assert found is not None, line
    return " ".join(filter(None, found.groups()))


def differing(original: list[tuple[str, str]], persona: list[tuple[str, str]]) -> Iterator[Difference]:
    """Yield the replies that differ; the dialogues have the same steps."""
    for (step, said), (own_step, own) in zip(original, persona, strict=True):
        assert step == own_step
        if said != own:
            yield Difference(step, said, own)


async def offered(address: str, port: int) -> set[str]:
    """Return the keywords that a server offers in its reply to EHLO."""
    reader, writer = await asyncio.open_connection(address, port, local_addr=(USUAL, 0))
    async with closing(writer):
        client = Client(reader, writer)
        await client.reply()
        client.send(b"EHLO mta1.sender.example\r\n")
        lines = [await client.line()]
        while lines[-1][3:4] == "-":
            lines.append(await client.line())
    return {line[4:].partition(" ")[0] for line in lines[1:]}
