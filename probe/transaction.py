"""One mail transaction over an open line: MAIL, RCPT, DATA, content (RFC 5321 3.3, RFC 2920)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, NamedTuple

from fake_gateways.envelope import Stage
from fake_gateways.reply import Reply
from probe.attempt import Failure, Outcome
from probe.transport import Line, LineError

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
        if self.reply.completes:
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


class _Step(NamedTuple):
    """A command, and the stage at which its refusal counts."""

    stage: Stage
    command: bytes

    def agrees(self, reply: Reply) -> bool:
        """Whether the reply lets the transaction go on: 354 to DATA, 2yz to all else (RFC 5321 4.3.2)."""
        return reply.code == _GO_AHEAD if self.command == b"DATA" else reply.completes


async def transact(line: Line, *, return_path: str, recipient: str, content: bytes, reset: bool, pause: Pause) -> Heard:
    """Hand over one message for one recipient.

    ``reset`` begins with RSET, needed after a transaction that was refused half-way. Commands go together where the
    server offers PIPELINING, one at a time elsewhere; ``pause`` passes the time of each exchange.
    """
    size = f" SIZE={len(content)}" if "SIZE" in line.keywords else ""
    steps = [
        _Step(Stage.MAIL, f"MAIL FROM:<{return_path}>{size}".encode()),
        _Step(Stage.RCPT, f"RCPT TO:<{recipient}>".encode()),
        _Step(Stage.DATA, b"DATA"),
    ]
    if reset:
        steps.insert(0, _Step(Stage.MAIL, b"RSET"))
    for run in [steps] if "PIPELINING" in line.keywords else [[step] for step in steps]:
        await pause()
        heard = await _exchange(line, run, pause)
        if heard is not None:
            return heard
    await pause()
    try:
        reply = await line.send(content)
    except LineError as error:
        return Heard(Stage.END_OF_DATA, failure=error.failure, text=error.text)
    return _judged(Stage.END_OF_DATA, reply)


async def _exchange(line: Line, run: list[_Step], pause: Pause) -> Heard | None:
    """Send commands together; return the first that was not agreed to, None when all were."""
    lost: LineError | None = None
    try:
        replies = await line.exchange([step.command for step in run])
    except LineError as error:
        replies, lost = error.replies, error
    for step, reply in zip(run, replies, strict=False):
        if not step.agrees(reply):
            if lost is None and len(run) > 1 and replies[-1].code == _GO_AHEAD:
                # The server asks for data although it had refused the recipient: send none (RFC 2920 section 3.1).
                await pause()
                with suppress(LineError):
                    await line.send(b"")
            return _judged(step.stage, reply)
    if lost is None:
        return None
    return Heard(run[min(len(replies), len(run) - 1)].stage, failure=lost.failure, text=lost.text)


def _judged(stage: Stage, reply: Reply) -> Heard:
    """Return what a final reply amounts to; agreement out of place is no SMTP."""
    if (reply.completes and stage is not Stage.END_OF_DATA) or 300 <= reply.code < 400:
        return Heard(stage, failure=Failure.GARBAGE, text=f"{reply.code} where it makes no sense")
    return Heard(stage, reply)
