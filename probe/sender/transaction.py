"""One mail transaction over an open line: MAIL, RCPT, DATA, content (RFC 5321 section 3.3, RFC 2920)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Final, Literal, NamedTuple

from fake_gateways.smtp.command import Command
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from probe.records.attempt import Attempt, Failure, Outcome
from probe.sender.transport import Line, LineError, hung_up

_GO_AHEAD: Final = 354
_AT_DATA: Final = Stage.DATA
_AT_END: Final = Stage.END_OF_DATA

RoundTrip = Callable[[], None]
"""Lets the time of one exchange with the server pass."""
Tls = Literal["none", "may", "must"]


class SessionOverError(Exception):
    """The server ends the session before it has heard of a message, which has to be sent over another connection."""


class Result(NamedTuple):
    """What decided a recipient's attempt: a reply with the stage it came at, or a failure in its place."""

    stage: Stage
    reply: Reply | None = None
    failure: Failure | None = None
    text: str = ""

    @property
    def outcome(self) -> Outcome:
        """The outcome by the class of the reply (RFC 5321 section 4.2.1)."""
        if self.reply is None:
            return Outcome.FAILED
        if self.reply.completes:
            return Outcome.DELIVERED
        return Outcome.DEFERRED if self.reply.defers else Outcome.REFUSED


def result_of(attempt: Attempt) -> Result:
    """Return the result that an attempt tells of."""
    stage = Stage(attempt.stage)
    if attempt.code is None:
        return Result(stage, failure=None if attempt.failure is None else Failure(attempt.failure), text=attempt.text)
    enhanced = None if attempt.enhanced is None else EnhancedStatus.parse(attempt.enhanced)
    return Result(stage, Reply(attempt.code, tuple(attempt.text.split("\n")), enhanced))


async def introduce(line: Line, round_trip: RoundTrip, tls: Tls = "none") -> Result | None:
    """Check the greeting, say EHLO, and use STARTTLS as ``tls`` allows; return a result if the server refuses."""
    if not line.greeting.accepts:
        return Result(Stage.CONNECT, line.greeting)
    try:
        round_trip()
        reply = await line.hello()
        if reply.accepts and tls != "none" and "STARTTLS" in line.keywords:
            round_trip()
            if (await line.encrypt()).completes:
                # Both sides discard what was said in the clear (RFC 3207 section 4.2).
                round_trip()
                reply = await line.hello()
    except LineError as error:
        return Result(Stage.EHLO, failure=error.failure, text=error.text)
    if not reply.accepts:
        return Result(Stage.EHLO, reply)
    if tls == "must" and not line.tls:
        return Result(Stage.EHLO, failure=Failure.NO_TLS, text="TLS is required, but the server does not offer it")
    return None


class _Step(NamedTuple):
    """A command, and the stage at which its refusal counts."""

    stage: Stage
    command: Command
    recipient: int | None = None

    def accepted_by(self, reply: Reply) -> bool:
        """Whether the reply lets the transaction continue: 354 to DATA, 2yz otherwise (RFC 5321 section 4.3.2)."""
        return reply.code == _GO_AHEAD if self.stage is _AT_DATA else reply.completes


_RSET: Final = _Step(Stage.MAIL, Command("RSET"))
_DATA: Final = _Step(Stage.DATA, Command("DATA"))


async def transact(
    line: Line,
    *,
    return_path: str,
    recipients: Sequence[str],
    content: bytes,
    reset: bool,
    round_trip: RoundTrip,
    pipelining: bool = True,
) -> list[Result]:
    """Send one message, and return a result for each recipient.

    ``reset`` begins with RSET, which is needed after a transaction that did not reach its end. Raises SessionOverError
    if the server refuses it, or has closed the connection by then. Commands are sent together if the server offers
    PIPELINING, otherwise one at a time.
    """
    size = {"SIZE": str(len(content))} if "SIZE" in line.keywords else {}
    steps = [
        _Step(Stage.MAIL, Command("MAIL", path=return_path, parameters=size)),
        *[_Step(Stage.RCPT, Command("RCPT", path=to), index) for index, to in enumerate(recipients)],
        _DATA,
    ]
    if reset:
        steps.insert(0, _RSET)
    results: list[Result | None] = [None] * len(recipients)
    for group in [steps] if pipelining and "PIPELINING" in line.keywords else [[step] for step in steps]:
        round_trip()
        await _exchange(line, group, results, round_trip)
        if not line.is_open:
            # A 421 to one recipient ends the transaction for all.
            cut = hung_up()
            results = [each or Result(group[-1].stage, failure=cut.failure, text=cut.text) for each in results]
        if all(results):
            return _complete(results)
    round_trip()
    try:
        last = _result(_AT_END, await line.send(content))
    except LineError as error:
        last = Result(Stage.END_OF_DATA, failure=error.failure, text=error.text)
    return [each or last for each in results]


async def _exchange(line: Line, group: list[_Step], results: list[Result | None], round_trip: RoundTrip) -> None:
    """Send commands together; enter for each recipient the first reply that refuses. Raises SessionOverError."""
    lost: LineError | None = None
    try:
        replies = await line.exchange([step.command for step in group])
    except LineError as error:
        replies, lost = error.replies, error
    if group[0] is _RSET and not (replies[0].completes if replies else lost and lost.failure is not Failure.LINE_CUT):
        raise SessionOverError
    for step, reply in zip(group, replies, strict=False):
        if step.accepted_by(reply):
            continue
        result = _result(step.stage, reply)
        for index in range(len(results)) if step.recipient is None else (step.recipient,):
            results[index] = results[index] or result
    if lost is None and len(replies) < len(group):
        lost = hung_up()  # after a 421
    if lost is not None:
        cut = Result(group[min(len(replies), len(group) - 1)].stage, failure=lost.failure, text=lost.text)
        results[:] = [each or cut for each in results]
    elif all(results) and len(group) > 1 and replies[-1].code == _GO_AHEAD:
        # The server replied 354 although it had refused all recipients: send no content (RFC 2920 section 3.1).
        round_trip()
        with suppress(LineError):
            await line.send(b"")


def _complete(results: Sequence[Result | None]) -> list[Result]:
    return [each for each in results if each is not None]


def _result(stage: Stage, reply: Reply) -> Result:
    """Return the result of a reply; a 2yz or 3yz code that the command does not allow is garbage."""
    if (reply.completes and stage is not _AT_END) or 300 <= reply.code < 400:
        return Result(stage, failure=Failure.GARBAGE, text=f"{reply.code} where it makes no sense")
    return Result(stage, reply)
