"""One mail transaction over an open line: MAIL, RCPT, DATA, content (RFC 5321 3.3, RFC 2920)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, NamedTuple

from fake_gateways.envelope import Stage
from fake_gateways.reply import Reply
from probe.attempt import Failure, Outcome
from probe.transport import Line, LineError

_STAGES: Final = (Stage.MAIL, Stage.RCPT, Stage.DATA)
_GO_AHEAD: Final = 354

Pause = Callable[[], Awaitable[None]]


class Heard(NamedTuple):
    """The reply that decided and the stage it came at, or the failure in its place."""

    stage: Stage
    reply: Reply | None = None
    failure: Failure | None = None
    text: str = ""

    @property
    def outcome(self) -> Outcome:
        """What it came to."""
        if self.reply is None:
            return Outcome.FAILED
        if self.reply.accepts:
            return Outcome.DELIVERED
        return Outcome.DEFERRED if self.reply.defers else Outcome.REFUSED


async def introduce(line: Line, pause: Pause) -> Heard | None:
    """Get past greeting and EHLO; return what was heard instead if the server would not have us."""
    if not line.greeting.accepts:
        return Heard(Stage.CONNECT, line.greeting)
    await pause()
    try:
        reply = await line.hello()
    except LineError as error:
        return Heard(Stage.EHLO, failure=error.failure, text=error.text)
    return None if reply.accepts else Heard(Stage.EHLO, reply)


async def transact(line: Line, *, return_path: str, recipient: str, content: bytes, reset: bool, pause: Pause) -> Heard:
    """Hand over one message for one recipient.

    ``reset`` begins with RSET, needed after a transaction that was refused half-way. Commands go together where the
    server offers PIPELINING, one at a time elsewhere; ``pause`` passes the time of each exchange.
    """
    size = f" SIZE={len(content)}" if "SIZE" in line.keywords else ""
    commands = [
        f"MAIL FROM:<{return_path}>{size}".encode(),
        f"RCPT TO:<{recipient}>".encode(),
        b"DATA",
    ]
    stage = Stage.MAIL
    try:
        if "PIPELINING" in line.keywords:
            await pause()
            replies = await line.exchange([b"RSET", *commands] if reset else commands)
            if reset:
                del replies[0]
            for stage, reply in zip(_STAGES, replies, strict=False):
                if not reply.accepts:
                    await _end_empty_data(line, replies, pause)
                    return Heard(stage, reply)
        else:
            if reset:
                await pause()
                await line.exchange([b"RSET"])
            for stage, command in zip(_STAGES, commands, strict=True):
                await pause()
                reply = (await line.exchange([command]))[0]
                if not reply.accepts:
                    return Heard(stage, reply)
        stage = Stage.END_OF_DATA
        await pause()
        return Heard(stage, await line.send(content))
    except LineError as error:
        return Heard(stage, failure=error.failure, text=error.text)


async def _end_empty_data(line: Line, replies: list[Reply], pause: Pause) -> None:
    """End data that a server asked for although it had refused the recipient (RFC 2920 section 3.1)."""
    if len(replies) == len(_STAGES) and replies[-1].code == _GO_AHEAD:
        await pause()
        await line.send(b"")
