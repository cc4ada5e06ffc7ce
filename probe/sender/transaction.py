"""One mail transaction over an open line: MAIL, RCPT, DATA, content (RFC 5321 3.3, RFC 2920)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Final, Literal, NamedTuple

from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from probe.records.attempt import Failure, Outcome
from probe.sender.transport import Line, LineError, hung_up

_GO_AHEAD: Final = 354

Pause = Callable[[], Awaitable[None]]
Tls = Literal["none", "may", "must"]


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


async def introduce(line: Line, pause: Pause, tls: Tls = "none") -> Heard | None:
    """Get past greeting, EHLO and, where it may or must be, STARTTLS; return what was heard instead of a welcome."""
    if not line.greeting.accepts:
        return Heard(Stage.CONNECT, line.greeting)
    try:
        await pause()
        reply = await line.hello()
        if reply.accepts and tls != "none" and "STARTTLS" in line.keywords:
            await pause()
            if (await line.encrypt()).completes:
                # What was said in the clear does not count any more (RFC 3207 section 4.2).
                await pause()
                reply = await line.hello()
    except LineError as error:
        return Heard(Stage.EHLO, failure=error.failure, text=error.text)
    if not reply.accepts:
        return Heard(Stage.EHLO, reply)
    if tls == "must" and not line.tls:
        return Heard(Stage.EHLO, failure=Failure.NO_TLS, text="TLS is required, but the server does not offer it")
    return None


class _Step(NamedTuple):
    """A command, and the stage at which its refusal counts."""

    stage: Stage
    command: bytes
    recipient: int | None = None

    def agrees(self, reply: Reply) -> bool:
        """Whether the reply lets the transaction go on: 354 to DATA, 2yz to all else (RFC 5321 4.3.2)."""
        return reply.code == _GO_AHEAD if self.stage is Stage.DATA else reply.completes


async def transact(
    line: Line,
    *,
    return_path: str,
    recipients: Sequence[str],
    content: bytes,
    reset: bool,
    pause: Pause,
    pipelining: bool = True,
) -> list[Heard]:
    """Hand over one message, and return what was heard of each recipient.

    ``reset`` begins with RSET, needed after a transaction that was refused half-way. Commands go together where the
    server offers PIPELINING, one at a time elsewhere; ``pause`` passes the time of each exchange.
    """
    size = f" SIZE={len(content)}" if "SIZE" in line.keywords else ""
    steps = [
        _Step(Stage.MAIL, f"MAIL FROM:<{return_path}>{size}".encode()),
        *(_Step(Stage.RCPT, f"RCPT TO:<{to}>".encode(), place) for place, to in enumerate(recipients)),
        _Step(Stage.DATA, b"DATA"),
    ]
    if reset:
        steps.insert(0, _Step(Stage.MAIL, b"RSET"))
    heard: list[Heard | None] = [None] * len(recipients)
    for run in [steps] if pipelining and "PIPELINING" in line.keywords else [[step] for step in steps]:
        await pause()
        await _exchange(line, run, heard, pause)
        if not line.is_open:
            # A 421 to one of them ends the transaction of all.
            cut = hung_up()
            heard = [each or Heard(run[-1].stage, failure=cut.failure, text=cut.text) for each in heard]
        if all(heard):
            return _whole(heard)
    await pause()
    try:
        last = _judged(Stage.END_OF_DATA, await line.send(content))
    except LineError as error:
        last = Heard(Stage.END_OF_DATA, failure=error.failure, text=error.text)
    return _whole([each or last for each in heard])


async def _exchange(line: Line, run: list[_Step], heard: list[Heard | None], pause: Pause) -> None:
    """Send commands together, and note for each recipient the first reply that did not agree."""
    lost: LineError | None = None
    try:
        replies = await line.exchange([step.command for step in run])
    except LineError as error:
        replies, lost = error.replies, error
    for step, reply in zip(run, replies, strict=False):
        if step.agrees(reply):
            continue
        judged = _judged(step.stage, reply)
        for place in range(len(heard)) if step.recipient is None else (step.recipient,):
            heard[place] = heard[place] or judged
    if lost is None and len(replies) < len(run):
        lost = hung_up()  # after a 421
    if lost is not None:
        cut = Heard(run[min(len(replies), len(run) - 1)].stage, failure=lost.failure, text=lost.text)
        heard[:] = [each or cut for each in heard]
    elif all(heard) and len(run) > 1 and replies[-1].code == _GO_AHEAD:
        # The server asks for data although it had refused the recipients: send none (RFC 2920 section 3.1).
        await pause()
        with suppress(LineError):
            await line.send(b"")


def _whole(heard: Sequence[Heard | None]) -> list[Heard]:
    return [each for each in heard if each is not None]


def _judged(stage: Stage, reply: Reply) -> Heard:
    """Return what a final reply amounts to; agreement out of place is no SMTP."""
    if (reply.completes and stage is not Stage.END_OF_DATA) or 300 <= reply.code < 400:
        return Heard(stage, failure=Failure.GARBAGE, text=f"{reply.code} where it makes no sense")
    return Heard(stage, reply)
