"""Gateways that are out of order."""

from __future__ import annotations

import pytest
from lone_gateway import ALICE, CLEAN, RETURN_PATH, LoneGateway, policy

from fake_gateways.decider import Response
from fake_gateways.policies.fault import HANGS_S
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import GarbageError, Garbled, Reply, ReplyReader
from fake_gateways.truth import Cause, Fate

STAGES = [Stage.CONNECT, Stage.EHLO, Stage.MAIL, Stage.RCPT, Stage.DATA, Stage.END_OF_DATA]


def last_reply(lone: LoneGateway) -> Response:
    """Go on until something is not agreed to; return that."""
    client = lone.call(helo=None)
    said: Response = client.greeting
    commands = ["EHLO a.example", f"MAIL FROM:<{RETURN_PATH}>", f"RCPT TO:<{ALICE}>", "DATA"]
    while isinstance(said, Reply) and said.accepts and commands:
        said = client.say(commands.pop(0))
    return client.send(CLEAN) if isinstance(said, Reply) and said.code == 354 else said


@pytest.mark.parametrize("stage", STAGES)
def test_a_421_closes_at_any_stage(stage: Stage) -> None:
    lone = LoneGateway("consumer", policies=[policy("fault", at=stage)])
    reply = last_reply(lone)
    assert isinstance(reply, Reply)
    assert reply.defers
    assert [(row.stage, row.cause, row.fate) for row in lone.truths] == [(stage, Cause.SYSTEM, Fate.DEFERRED)]


@pytest.mark.parametrize("stage", STAGES)
def test_a_cut_line_says_nothing_and_is_in_the_books(stage: Stage) -> None:
    lone = LoneGateway(policies=[policy("fault", how="cut", at=stage)])
    assert last_reply(lone) == Garbled(b"")
    assert [(row.stage, row.cause, row.fate, row.code) for row in lone.truths] == [(stage, Cause.SYSTEM, Fate.CUT, 0)]


def test_who_hangs_lets_an_hour_pass_before_the_line_is_cut() -> None:
    lone = LoneGateway(policies=[policy("fault", how="hang")])
    client = lone.call()
    assert client.mail(ALICE)[-1].octets == b""
    assert client.waited_s == HANGS_S


def test_nonsense_is_no_reply() -> None:
    lone = LoneGateway(policies=[policy("fault", how="malformed")])
    said = lone.call().mail(ALICE)[-1]
    with pytest.raises(GarbageError):
        ReplyReader().feed(said.octets)
    assert [(row.fate, row.code) for row in lone.truths] == [(Fate.CUT, 0)]


def test_several_lines_are_one_deferral_however_sloppy() -> None:
    lone = LoneGateway(policies=[policy("fault", how="multi-line")])
    said = lone.call().mail(ALICE)[-1]
    (reply,) = ReplyReader().feed(said.octets)
    assert (reply.code, len(reply.lines)) == (451, 4)
    assert [(row.fate, row.code, row.text) for row in lone.truths] == [(Fate.DEFERRED, 451, reply.text)]


def test_a_fault_may_last_for_a_while_only() -> None:
    lone = LoneGateway(policies=[policy("fault", from_="1h", until="2h")])
    taken = []
    for _ in range(3):
        taken.append(lone.call().mail(ALICE)[-1].accepts)
        lone.clock.pass_by(3600)
    assert taken == [True, False, True]
