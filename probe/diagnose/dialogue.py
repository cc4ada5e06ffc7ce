"""Holds the dialogue of an experiment over an open line (RFC 5321 section 3.3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from fake_gateways.smtp.command import Command
from fake_gateways.smtp.envelope import Stage
from probe.records.attempt import Failure, Outcome
from probe.sender.transaction import Result, RoundTrip, Tls, introduce, transact
from probe.sender.transport import Line, LineError, Transport

_RSET: Final = Command("RSET")


@dataclass(frozen=True, kw_only=True)
class DialoguePlan:
    """What is said in a dialogue. The last of ``recipients`` is the one that the experiment is about.

    Without ``content`` it ends with RSET after RCPT, and ``size`` is announced if the server wants it (RFC 1870).
    ``before`` transactions to the first recipient are begun and reset before it.
    """

    source: str
    helo: str
    return_path: str
    recipients: Sequence[str]
    content: bytes | None
    size: int = 0
    before: int = 0
    tls: Tls = "none"


async def hold(plan: DialoguePlan, transport: Transport, round_trip: RoundTrip) -> Result:
    """Connect, hold a dialogue, say QUIT, and return the result for the last recipient."""
    round_trip()
    try:
        line = await transport.connect(plan.source, plan.helo)
    except LineError as error:
        return Result(Stage.CONNECT, failure=error.failure, text=error.text)
    try:
        refused = await introduce(line, round_trip, plan.tls)
        if refused is not None:
            return refused
        for _ in range(plan.before):
            early = await _to_rcpt(line, plan, plan.recipients[:1], round_trip)
            if not line.is_open:
                return early
        if plan.content is None:
            return await _to_rcpt(line, plan, plan.recipients, round_trip)
        results = await transact(
            line,
            return_path=plan.return_path,
            recipients=plan.recipients,
            content=plan.content,
            reset=False,
            round_trip=round_trip,
            pipelining=False,
        )
        return results[-1]
    finally:
        await line.close()


async def _to_rcpt(line: Line, plan: DialoguePlan, recipients: Sequence[str], round_trip: RoundTrip) -> Result:
    """Begin a transaction, take the reply to its last recipient, and reset it."""
    size = {"SIZE": str(plan.size)} if plan.size and "SIZE" in line.keywords else {}
    mail = Command("MAIL", path=plan.return_path, parameters=size)
    result = await _say(line, Stage.MAIL, mail, round_trip)
    if result.outcome is Outcome.DELIVERED:
        for each in recipients:
            result = await _say(line, Stage.RCPT, Command("RCPT", path=each), round_trip)
            if result.reply is None or not line.is_open:
                break
    if line.is_open and result.reply is not None:
        await _say(line, Stage.MAIL, _RSET, round_trip)
    return result


async def _say(line: Line, stage: Stage, command: Command, round_trip: RoundTrip) -> Result:
    round_trip()
    try:
        (reply,) = await line.exchange([command])
    except LineError as error:
        return Result(stage, failure=error.failure, text=error.text)
    if 300 <= reply.code < 400:
        return Result(stage, failure=Failure.GARBAGE, text=f"{reply.code} where it makes no sense")
    return Result(stage, reply)
