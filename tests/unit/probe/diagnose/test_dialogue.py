"""The dialogue of an experiment stops where it should, and always ends with QUIT."""

from __future__ import annotations

import asyncio
from typing import Any

from trial_gateway import Trial, build

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.dialogue import DialoguePlan, hold
from probe.records.attempt import Failure, Outcome
from probe.sender.transaction import Result
from probe.sender.transport.memory import MemoryTransport, UnreachableTransport
from probe.sender.transport.transcript import Recorder, RecordingTransport

MESSAGE = b"From: news@sender.example\r\nSubject: Hello\r\n\r\nHello.\r\n"
ANN, BOB = "ann@northwind.example", "bob@northwind.example"


def held(trial: Trial, **keys: Any) -> tuple[Result, list[str]]:
    """Hold a dialogue and return its result and what the client said."""
    recorder = Recorder()
    transport = RecordingTransport(MemoryTransport(trial.gateway, trial.answer_query), recorder)
    plan: dict[str, Any] = {
        "source": "127.10.0.1",
        "helo": "mta1.sender.example",
        "return_path": "diagnosis@sender.example",
        "recipients": [ANN],
        "content": None,
    }
    result = asyncio.run(hold(DialoguePlan(**{**plan, **keys}), transport, lambda: None))
    said = [line[2:] for line in recorder.take().split("\n") if line.startswith("> ")]
    return result, [line.partition(":")[0] for line in said[1:]]


def test_without_content_it_ends_after_rcpt_and_sends_no_message() -> None:
    trial = build(mailboxes={ANN: "present"})
    result, said = held(trial)
    assert (result.stage, result.outcome) == (Stage.RCPT, Outcome.DELIVERED)
    assert said == ["EHLO mta1.sender.example", "MAIL FROM", "RCPT TO", "RSET", "QUIT"]
    assert [row.fate for row in trial.books] in ([], ["cut"])


def test_with_content_the_message_is_sent() -> None:
    trial = build(mailboxes={ANN: "present"})
    result, said = held(trial, content=MESSAGE)
    assert (result.stage, result.outcome) == (Stage.END_OF_DATA, Outcome.DELIVERED)
    assert said[-1] == "QUIT"
    assert [row.fate for row in trial.books] == ["inbox"]


def test_the_result_is_that_of_the_last_recipient() -> None:
    trial = build(mailboxes={ANN: "present", BOB: "departed"})
    assert held(trial, recipients=[ANN, BOB])[0].outcome is Outcome.REFUSED
    assert held(trial, recipients=[BOB, ANN])[0].outcome is Outcome.DELIVERED
    assert held(trial, recipients=[BOB, ANN], content=MESSAGE)[0].outcome is Outcome.DELIVERED


def test_transactions_before_are_reset() -> None:
    _, said = held(build(mailboxes={ANN: "present"}), before=2)
    assert said.count("RSET") == 3
    assert said.count("RCPT TO") == 3


def test_a_refusal_before_rcpt_ends_the_dialogue_with_quit() -> None:
    trial = build(
        mailboxes={ANN: "present"}, policies=({"type": "ip-reputation", "deny": ["127.10.0.1/32"], "at": "mail"},)
    )
    result, said = held(trial, before=3)
    assert (result.stage, result.outcome) == (Stage.MAIL, Outcome.REFUSED)
    assert said[-1] == "QUIT"
    assert "RCPT TO" not in said


def test_a_line_that_is_cut_is_a_result() -> None:
    trial = build(mailboxes={ANN: "present"}, policies=({"type": "fault", "how": "cut", "at": "rcpt"},))
    result, _ = held(trial)
    assert (result.stage, result.failure) == (Stage.RCPT, Failure.LINE_CUT)


def test_no_server_is_a_result() -> None:
    plan = DialoguePlan(source="127.10.0.1", helo="x.example", return_path="", recipients=[ANN], content=None)
    result = asyncio.run(hold(plan, UnreachableTransport(), lambda: None))
    assert (result.stage, result.failure) == (Stage.CONNECT, Failure.UNREACHABLE)


def test_the_size_is_announced_without_sending_anything() -> None:
    trial = build(mailboxes={ANN: "present"})
    assert held(trial, size=900)[0].outcome is Outcome.DELIVERED
    too_large = held(trial, size=10**12)[0]
    assert (too_large.stage, too_large.outcome) == (Stage.MAIL, Outcome.REFUSED)
