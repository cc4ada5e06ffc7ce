"""One mail transaction against a line that says what it is told to."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from lane_harness import STARTS, due, run

from fake_gateways import persona as personas
from fake_gateways.smtp.command import Command
from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import Reply
from probe.judge.join import join
from probe.records.attempt import Failure, Outcome
from probe.sender.recipients import Delivery
from probe.sender.transaction import Result, SessionOverError, transact
from probe.sender.transport import LineError

OK, GO_AHEAD, REFUSED, CLOSING = Reply(250), Reply(354), Reply(550, ("no",)), Reply(421, ("bye",))
CUT = LineError(Failure.LINE_CUT, "gone")


class Line:
    """Answers from a script, one command at a time; the script's end is the end of the line."""

    def __init__(self, *script: Reply, pipelining: bool) -> None:
        self.greeting = Reply(220)
        self.keywords = frozenset({"PIPELINING"} if pipelining else ())
        self.local_port = 1
        self.tls = False
        self.is_open = True
        self.said: list[bytes] = []
        self._script = list(script)

    async def hello(self) -> Reply:
        return OK

    async def encrypt(self) -> Reply:
        return OK

    async def exchange(self, commands: Sequence[Command]) -> list[Reply]:
        return self._replies([command.octets for command in commands])

    def _replies(self, commands: list[bytes]) -> list[Reply]:
        self.said += commands
        replies, self._script = self._script[: len(commands)], self._script[len(commands) :]
        if len(replies) < len(commands) and (not replies or replies[-1].code != 421):
            raise LineError(CUT.failure, CUT.text, replies)
        return replies

    async def send(self, content: bytes) -> Reply:
        return self._replies([content])[0]

    async def close(self) -> None:
        self.is_open = False


async def heard(*script: Reply, pipelining: bool, reset: bool = False) -> tuple[Result, list[bytes]]:
    """Return what came of a transaction, and what was said."""
    line = Line(*script, pipelining=pipelining)

    def round_trip() -> None:
        pass

    (found,) = await transact(
        line,
        return_path="a@b.example",
        recipients=["c@d.example"],
        content=b"hello",
        reset=reset,
        round_trip=round_trip,
    )
    return found, line.said


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("script", "stage", "reply"),
    [
        ([OK, OK, GO_AHEAD, OK], Stage.END_OF_DATA, OK),
        ([REFUSED, REFUSED, REFUSED], Stage.MAIL, REFUSED),
        ([OK, REFUSED, REFUSED], Stage.RCPT, REFUSED),
        ([OK, OK, REFUSED], Stage.DATA, REFUSED),
        ([OK, OK, GO_AHEAD, REFUSED], Stage.END_OF_DATA, REFUSED),
        ([OK, CLOSING], Stage.RCPT, CLOSING),
        ([OK, REFUSED], Stage.RCPT, REFUSED),
    ],
    ids=["taken", "at MAIL", "at RCPT", "at DATA", "at the end", "421", "cut behind the refusal"],
)
async def test_the_first_reply_that_disagrees_decides(
    script: list[Reply], stage: Stage, reply: Reply, *, pipelining: bool
) -> None:
    found, _ = await heard(*script, pipelining=pipelining)
    assert found == Result(stage, reply)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("script", "stage"),
    [([], Stage.MAIL), ([OK], Stage.RCPT), ([OK, OK], Stage.DATA), ([OK, OK, GO_AHEAD], Stage.END_OF_DATA)],
)
async def test_a_line_that_ends_fails_at_the_stage_whose_reply_is_missing(
    script: list[Reply], stage: Stage, *, pipelining: bool
) -> None:
    found, _ = await heard(*script, pipelining=pipelining)
    assert found == Result(stage, failure=Failure.LINE_CUT, text="gone")


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("script", "stage"),
    [([OK, OK, OK, OK], Stage.DATA), ([GO_AHEAD], Stage.MAIL), ([OK, OK, GO_AHEAD, GO_AHEAD], Stage.END_OF_DATA)],
    ids=["250 to DATA", "354 to MAIL", "354 to the message"],
)
async def test_agreement_out_of_place_is_garbage_and_never_a_delivery(
    script: list[Reply], stage: Stage, *, pipelining: bool
) -> None:
    found, _ = await heard(*script, pipelining=pipelining)
    assert (found.stage, found.failure, found.outcome) == (stage, Failure.GARBAGE, Outcome.FAILED)


async def test_data_asked_for_without_a_recipient_is_ended_with_nothing_in_it() -> None:
    found, said = await heard(OK, REFUSED, GO_AHEAD, REFUSED, pipelining=True)
    assert found == Result(Stage.RCPT, REFUSED)
    assert said[-1] == b""


async def test_a_line_lost_while_empty_data_is_ended_does_not_lose_the_refusal() -> None:
    found, _ = await heard(OK, REFUSED, GO_AHEAD, pipelining=True)
    assert found == Result(Stage.RCPT, REFUSED)


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("script", [[CLOSING], [REFUSED], []], ids=["421", "refused", "closed"])
async def test_a_session_that_ends_before_the_transaction_says_nothing_about_it(
    script: list[Reply], *, pipelining: bool
) -> None:
    with pytest.raises(SessionOverError):
        await heard(*script, pipelining=pipelining, reset=True)


NAMES = dict.fromkeys(("ann@acme.example", "bob@acme.example", "cat@acme.example"), "present")


@pytest.mark.parametrize(("tls", "encrypted"), [("none", False), ("may", True), ("must", True)])
def test_a_line_is_encrypted_as_the_sender_wants_it(tls: str, *, encrypted: bool) -> None:
    done = run(due(0), persona="postfix", tls=tls)
    (row,) = done.attempts
    assert (row.outcome, row.tls) == ("delivered", encrypted)
    assert (b"STARTTLS" in done.connections[0].commands) is encrypted


def test_a_server_without_tls_may_be_mailed_in_the_clear_but_not_by_who_must_encrypt() -> None:
    plain = next(name for name in personas.names() if "STARTTLS" not in personas.load(name).keywords)
    (row,) = run(due(0), persona=plain, tls="may").attempts
    assert (row.outcome, row.tls) == ("delivered", False)
    done = run(due(0), persona=plain, tls="must", retry={"first": "10m", "give_up_after": "5m"})
    (row,) = done.attempts
    assert (row.outcome, row.failure, row.stage) == ("failed", Failure.NO_TLS, "ehlo")


def test_commands_are_sent_one_by_one_where_pipelining_is_off() -> None:
    together = run(due(0), persona="postfix", round_trip_s=1.0)
    one_by_one = run(due(0), persona="postfix", round_trip_s=1.0, pipelining=False)
    assert (together.ended, one_by_one.ended) == ([4.0], [6.0])


def shared(*recipients: str) -> list[tuple[Delivery, ...]]:
    """Return one transaction for several recipients."""
    return [
        tuple(
            Delivery("news", number, recipient, STARTS, "127.10.0.1", {}, shares=True)
            for number, recipient in enumerate(recipients)
        )
    ]


@pytest.mark.parametrize("persona", ["postfix", "cisco-esa"], ids=["pipelined", "one by one"])
def test_recipients_of_a_shared_transaction_each_have_their_own_outcome(persona: str) -> None:
    mailboxes = {**NAMES, "bob@acme.example": "departed", "cat@acme.example": "full"}
    done = run(shared(*NAMES), persona=persona, mailboxes=mailboxes, retry={"first": "1h", "give_up_after": "30m"})
    assert [(row.recipient[:3], row.stage, row.outcome) for row in done.attempts] == [
        ("ann", "end-of-data", "delivered"),
        ("bob", "rcpt", "refused"),
        ("cat", "rcpt", "deferred"),
    ]
    assert {row.return_path for row in done.attempts} == {"news+0@bounce.sender.example"}
    assert len(done.connections[0].contents) == 1
    assert b"To: undisclosed-recipients:;" in done.connections[0].contents[0]
    assert done.finished == 3
    assert join(done.truths, done.attempts).whole


@pytest.mark.parametrize("persona", ["postfix", "cisco-esa"], ids=["pipelined", "one by one"])
def test_only_the_deferred_of_a_shared_transaction_are_tried_again(persona: str) -> None:
    done = run(shared(*NAMES), persona=persona, mailboxes={**NAMES, "cat@acme.example": "full"},
               retry={"first": "10m", "factor": 1, "give_up_after": "15m"})  # fmt: skip
    assert [(row.recipient[:3], row.number) for row in done.attempts] == [
        ("ann", 1),
        ("bob", 1),
        ("cat", 1),
        ("cat", 2),
    ]
    assert join(done.truths, done.attempts).whole


@pytest.mark.parametrize("persona", ["postfix", "cisco-esa"], ids=["pipelined", "one by one"])
def test_no_message_is_sent_where_all_recipients_are_refused(persona: str) -> None:
    gone = dict.fromkeys(NAMES, "departed")
    done = run(shared(*NAMES), persona=persona, mailboxes=gone)
    assert [row.outcome for row in done.attempts] == ["refused"] * 3
    assert [content for content in done.connections[0].contents if content] == []
    assert join(done.truths, done.attempts).whole


@pytest.mark.parametrize("at", ["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"])
def test_a_refusal_at_any_stage_reaches_all_who_share_the_transaction(at: str) -> None:
    policy = [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": at}]
    done = run(shared(*NAMES), mailboxes=NAMES, policy=policy, persona="postfix")
    assert [(row.stage, row.outcome) for row in done.attempts] == [(at, "refused")] * 3
    assert join(done.truths, done.attempts).whole
