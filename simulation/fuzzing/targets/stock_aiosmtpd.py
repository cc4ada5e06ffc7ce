"""The same dialogue to our carrier and to a stock aiosmtpd: replies of the same class, and the same messages taken."""

from __future__ import annotations

import asyncio
import re
from typing import Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from simulation.fuzzing.smtp_grammar import Choices
from simulation.fuzzing.smtp_ways import Carried, Different, Setting, Wire, in_pieces
from simulation.fuzzing.target import Target
from simulation.fuzzing.told_policies import DOMAIN, SIZE_LIMIT

_CARRIED: Final = Carried()
_LINES: Final = (
    *(
        b"EHLO mta1.example",
        b"ehlo mta1.example",
        b"EHLO",
        b"HELO",
        b"MAIL FROM:<news@sender.example>",
    ),
    *(b"MAIL FROM:<>", b"mail from:<news@sender.example>", b"MAIL FROM:<news@sender.example> SIZE=100", b"MAIL"),
    *(
        b"MAIL FROM:<news@sender.example> SIZE=99999",
        b"MAIL FROM:<news@sender.example> BODY=8BITMIME",
        b"MAIL TO:<a@b.example>",
    ),
    *(f"RCPT TO:<{name}@{DOMAIN}>".encode() for name in ("alice", "boris", "alice")),
    *(
        b"RCPT",
        b"RCPT FROM:<a@b.example>",
        b"DATA",
        b"DATA",
        b"DATA x",
        b"NOOP",
        b"NOOP x",
        b"RSET",
        b"VRFY a@b.example",
    ),
    b"HELP",
)
_PIECES: Final = (
    *(
        b"",
        b".",
        b"..",
        b"\r\n",
        b"\n",
        b"\r",
        b"\r\n.",
        b"\n.\n",
        b"\r.\r",
        b"\n.\r\n",
        b"\0",
        b"\xff",
        b"Hello",
        b"x" * 100,
    ),
    *(b"\r\n\r\n", b" ", b"\r\n..", b"\r\n.x"),
)
_EARLY_END: Final = re.compile(rb"(^|\r\n)\.(?=\r\n)")
_MOST_TURNS: Final = 10_000


def run(data: bytes) -> int:
    """Send a dialogue to both; the first octets choose the cuts. Raises Different. Return how many lines."""
    said, lines = _dialogue(Choices(data[4:]))
    ours = _CARRIED.by_carrier(Setting(), [[said]])
    stock = _Stock()
    theirs = _CARRIED.until_done(stock.answer(in_pieces(said, data[:4])))
    _same("replies", _classes(ours.said), _classes(theirs), said)
    _same("contents", ours.contents, stock.contents, said)
    return lines


def _same(what: str, ours: object, theirs: object, said: bytes) -> None:
    if ours != theirs:
        raise Different(f"{what} to {said!r}:\n{ours!r}\nstock aiosmtpd: {theirs!r}")


def _dialogue(choices: Choices) -> tuple[bytes, int]:
    """Return a dialogue of few mistakes, because each server has its own limit, and how many lines it has."""
    said, lines = [b"EHLO mta1.example"] * (choices.octet() % 4 > 0), 0
    while choices and lines < 18:
        lines += 1
        kind = choices.octet() % 4
        if kind == 0:
            body = b"".join(choices.of(_PIECES) for _ in range(choices.octet() % 8))
            said += [b"EHLO mta1.example", b"MAIL FROM:<>", f"RCPT TO:<alice@{DOMAIN}>".encode(), b"DATA"]
            said.append(_EARLY_END.sub(rb"\1..", body + b"\r\n") + b".")
            lines += 4
        else:
            line = choices.of(_LINES)
            if line == b"DATA" and said.count(line) > 2:
                continue
            said.append(line)
            if line == b"DATA":
                # Where it is refused, the dot is a command that is not recognized, of which a stock server takes four.
                said.append(b"NOOP\r\n.")
    # A stock server drops what it has not answered when its client has said all.
    return b"".join(line + b"\r\n" for line in (*said, b"QUIT")), lines + 1


def _classes(said: bytes) -> list[str]:
    """Return the first digits of replies."""
    return [line[:1].decode() for line in re.findall(rb"^[0-9]{3} ?.*\r\n", said, re.MULTILINE) if line[3:4] != b"-"]


class _Handler:
    def __init__(self, contents: list[bytes]) -> None:
        self._contents = contents

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - its name
        assert isinstance(envelope.content, bytes)
        self._contents.append(envelope.content)
        return "250 OK"


class _Stock:
    def __init__(self) -> None:
        self.contents: list[bytes] = []

    async def answer(self, pieces: list[bytes]) -> bytes:
        """Let a stock server answer."""
        loop = asyncio.get_running_loop()
        server = SMTP(_Handler(self.contents), data_size_limit=SIZE_LIMIT, command_call_limit=1000, loop=loop)
        wire = Wire("192.0.2.1")
        server.connection_made(wire)
        for piece in pieces:
            server.data_received(piece)
        for _ in range(_MOST_TURNS):
            if not wire.is_open:
                break
            await asyncio.sleep(0)
        else:
            raise Different("stock aiosmtpd hangs")
        server.connection_lost(None)
        await asyncio.sleep(0)
        return b"".join(wire.written)


TARGETS: Final = (Target("stock-aiosmtpd", run, longest=300, batch=500),)
