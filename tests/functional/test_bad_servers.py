"""Servers that break the rules: each is heard as the right failure or reply at its stage, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import errno
import gc
import math
import os
import socket
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import Any, TypeVar

import pytest
from deadline import DEADLINE_S
from misbehaving_server import CLOSE, FOREVER, GO_AHEAD, HANG, PIPELINING, RESET, Act, Script, misbehaving

from fake_gateways.smtp.envelope import Stage
from probe.input_error import InputError
from probe.records.attempt import Failure, Outcome
from probe.sender.transaction import Result, introduce, transact
from probe.sender.transport import Line, LineError, tcp
from probe.sender.transport.tcp import TcpTransport

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]

SOURCE, HELO = "127.0.0.1", "mta1.sender.example"
PATIENT_S, IMPATIENT_S = 60.0, 1.0
MESSAGE = b"From: <news@sender.example>\r\nSubject: Hello\r\n\r\nHello.\r\n"
PLAIN: Script = {}
PIPELINED: Script = {"EHLO": PIPELINING}
STAGES = {
    "greeting": Stage.CONNECT,
    "EHLO": Stage.EHLO,
    "MAIL": Stage.MAIL,
    "RCPT": Stage.RCPT,
    "DATA": Stage.DATA,
    "content": Stage.END_OF_DATA,
}
ORDER = list(STAGES.values())


def _sockets() -> set[str]:
    found = set()
    for each in Path("/proc/self/fd").iterdir():
        with suppress(OSError):
            found.add(str(each.readlink()))
    return {each for each in found if each.startswith("socket:")}


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run[Any]:
    """Run a coroutine on an event loop of its own, and see that it leaves no task and no socket behind."""
    factory = pytest.importorskip("uvloop").new_event_loop if request.param == "uvloop" else asyncio.new_event_loop

    async def watched(coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return await coroutine
        finally:
            assert asyncio.all_tasks() == {asyncio.current_task()}

    def run_to_the_end(coroutine: Coroutine[Any, Any, T]) -> T:
        gc.collect()
        before = _sockets()
        with asyncio.Runner(loop_factory=factory) as runner:
            result = runner.run(watched(coroutine))
        gc.collect()
        assert _sockets() <= before
        return result

    return run_to_the_end


def no_time() -> None:
    """Pass no time: the clock is none of these tests' business."""


async def attempt(port: int, *, patience_s: float = PATIENT_S, reset: bool = False, message: bytes = MESSAGE) -> Result:
    """Deliver one message as the sender's loop does."""
    transport = TcpTransport("127.0.0.1", port, deadline_s=patience_s)
    try:
        line: Line = await transport.connect(SOURCE, HELO)
    except LineError as error:
        return Result(Stage.CONNECT, failure=error.failure, text=error.text)
    try:
        unwelcome = await introduce(line, no_time)
        if unwelcome is not None:
            return unwelcome
        (heard,) = await transact(
            line,
            return_path="news@sender.example",
            recipients=["reader@bad.example"],
            content=message,
            reset=reset,
            round_trip=no_time,
        )
        return heard
    finally:
        await line.close()


async def against(script: Script, *, drip: bool = False, **how: Any) -> tuple[Result, list[str]]:
    """Attempt a delivery to a server with a script; return what sender and server heard."""
    async with misbehaving(script, drip=drip) as (port, heard):
        return await attempt(port, **how), heard


CUTS: dict[str, tuple[tuple[Act, ...], Failure]] = {
    "hangs up": ((CLOSE,), Failure.LINE_CUT),
    "cuts the line": ((RESET,), Failure.LINE_CUT),
    "hangs up in mid-reply": ((b"250-to be continued\r\n250 ne", CLOSE), Failure.LINE_CUT),
    "talks garbage": ((b"what do you want?\r\n",), Failure.GARBAGE),
    "answers in HTTP": ((b"HTTP/1.1 400 Bad Request\r\n\r\n",), Failure.GARBAGE),
    "sends zeros": ((b"\0" * 9 + b"\r\n",), Failure.GARBAGE),
    "sends a line without end": ((b"2" * 10_000, FOREVER), Failure.GARBAGE),
    "sends a reply line without end": ((b"250 " + b"x" * 10_000, FOREVER), Failure.GARBAGE),
    "sends a reply of lines without end": ((b"250-and more\r\n" * 1000, FOREVER), Failure.GARBAGE),
    "changes the code within a reply": ((b"250-first\r\n550 last\r\n",), Failure.GARBAGE),
    "sends a code of two digits": ((b"25 ok\r\n",), Failure.GARBAGE),
    "sends a code beyond 599": ((b"999 ok\r\n",), Failure.GARBAGE),
    "sends a code without a blank": ((b"250ok\r\n",), Failure.GARBAGE),
}
MISDEEDS = [
    pytest.param(at, acts, failure, id=f"{name} at {at}") for at in STAGES for name, (acts, failure) in CUTS.items()
]


@pytest.mark.parametrize(("at", "acts", "failure"), MISDEEDS)
def test_a_misdeed_is_heard_as_its_failure_at_its_stage(
    run: Run[tuple[Result, list[str]]], at: str, acts: tuple[Act, ...], failure: Failure
) -> None:
    heard, _ = run(against({at: acts}))
    assert (heard.failure, heard.stage, heard.reply, heard.outcome) == (failure, STAGES[at], None, Outcome.FAILED)
    assert heard.text


@pytest.mark.parametrize(
    ("at", "acts", "failure"), [each for each in MISDEEDS if each.values[0] not in {"greeting", "EHLO"}]
)
def test_a_misdeed_in_a_pipelined_run_is_heard_as_its_failure(
    run: Run[tuple[Result, list[str]]], at: str, acts: tuple[Act, ...], failure: Failure
) -> None:
    heard, _ = run(against({**PIPELINED, at: acts}))
    assert (heard.failure, heard.reply) == (failure, None)
    assert ORDER.index(sent_at(at)) <= ORDER.index(heard.stage) <= ORDER.index(STAGES[at])


def sent_at(at: str) -> Stage:
    """Return the first stage of the run that a command is sent in (RFC 2920 section 3.1): a run may fail as a whole."""
    return Stage.MAIL if at in {"RCPT", "DATA"} else STAGES[at]


async def at_every_stage(script: Script, acts: tuple[Act, ...]) -> dict[str, Result]:
    """Attempt a delivery to as many servers as there are stages, side by side, each with its misdeed at another."""
    attempts = [against({**script, at: acts}, patience_s=IMPATIENT_S) for at in STAGES]
    return {at: heard for at, (heard, _) in zip(STAGES, await asyncio.gather(*attempts), strict=True)}


def test_a_server_that_says_nothing_more_is_given_up_after_a_while(run: Run[dict[str, Result]]) -> None:
    for at, heard in run(at_every_stage(PLAIN, (HANG,))).items():
        assert (heard.failure, heard.stage, heard.reply) == (Failure.TIMED_OUT, STAGES[at], None)


def test_a_server_that_hangs_in_a_pipelined_run_is_given_up_after_a_while(run: Run[dict[str, Result]]) -> None:
    for at, heard in run(at_every_stage(PIPELINED, (HANG,))).items():
        if at != "EHLO":  # a server that hangs there offers no pipelining
            assert (heard.failure, heard.reply) == (Failure.TIMED_OUT, None)
            assert ORDER.index(sent_at(at)) <= ORDER.index(heard.stage) <= ORDER.index(STAGES[at])


@pytest.mark.parametrize("script", [PLAIN, PIPELINED], ids=["plain", "pipelined"])
@pytest.mark.parametrize("at", STAGES)
def test_a_421_ends_the_line_at_every_stage_and_defers(
    run: Run[tuple[Result, list[str]]], script: Script, at: str
) -> None:
    # RFC 5321 section 3.8: 421 may come in reply to any command.
    heard, _ = run(against({**script, at: (b"421 4.3.2 shutting down\r\n", CLOSE)}))
    assert heard.reply is not None
    assert (heard.stage, heard.reply.code, heard.outcome) == (STAGES[at], 421, Outcome.DEFERRED)
    assert (str(heard.reply.enhanced), heard.reply.text) == ("4.3.2", "shutting down")


@pytest.mark.parametrize("script", [PLAIN, PIPELINED], ids=["plain", "pipelined"])
@pytest.mark.parametrize("at", STAGES)
def test_a_refusal_is_heard_at_the_stage_it_came_at(
    run: Run[tuple[Result, list[str]]], script: Script, at: str
) -> None:
    heard, _ = run(against({**script, at: (b"550-5.7.1 We do not\r\n550 5.7.1 want you\r\n",)}))
    assert heard.reply is not None
    assert (heard.stage, heard.reply.code, heard.outcome) == (STAGES[at], 550, Outcome.REFUSED)
    assert (str(heard.reply.enhanced), heard.reply.text) == ("5.7.1", "We do not\nwant you")


def test_data_asked_for_although_the_recipient_was_refused_is_ended_at_once(run: Run[tuple[Result, list[str]]]) -> None:
    # RFC 2920 section 3.1: the client then has to send a message without content.
    heard, server_heard = run(against({**PIPELINED, "RCPT": (b"550 5.1.1 nobody\r\n",), "content": (b"554 none\r\n",)}))
    assert heard.reply is not None
    assert (heard.stage, heard.reply.code) == (Stage.RCPT, 550)
    assert server_heard[:4] == ["EHLO", "MAIL", "RCPT", "DATA"]
    assert server_heard[4].startswith("content of ")
    assert int(server_heard[4].split()[2]) <= 2
    assert server_heard[5:] == ["QUIT"]


def test_without_pipelining_nothing_is_sent_after_a_refusal(run: Run[tuple[Result, list[str]]]) -> None:
    heard, server_heard = run(against({"RCPT": (b"550 5.1.1 nobody\r\n",)}))
    assert heard.stage is Stage.RCPT
    assert server_heard == ["EHLO", "MAIL", "RCPT", "QUIT"]


@pytest.mark.parametrize("script", [PLAIN, PIPELINED], ids=["plain", "pipelined"])
@pytest.mark.parametrize("reset", [False, True], ids=["fresh", "after a refusal"])
def test_replies_that_arrive_octet_by_octet_are_heard_whole(
    run: Run[tuple[Result, list[str]]], script: Script, *, reset: bool
) -> None:
    accepted = (b"250-2.0.0 taken,\r\n250 2.0.0 thank you\r\n",)
    heard, _ = run(against({**script, "content": accepted}, drip=True, reset=reset))
    assert heard.reply is not None
    assert (heard.stage, heard.outcome, heard.reply.text) == (
        Stage.END_OF_DATA,
        Outcome.DELIVERED,
        "taken,\nthank you",
    )


@pytest.mark.parametrize("script", [PLAIN, PIPELINED], ids=["plain", "pipelined"])
@pytest.mark.parametrize("end", [CLOSE, RESET], ids=["hangs up", "cuts the line"])
@pytest.mark.parametrize("size", [10, 8_000_000], ids=["a small message", "a message beyond all buffers"])
def test_a_line_lost_in_the_middle_of_the_content_is_heard_as_cut(
    run: Run[tuple[Result, list[str]]], script: Script, end: Act, size: int
) -> None:
    message = MESSAGE + b"x" * 70 + b"\r\n" * (size // 72 + 1)
    heard, _ = run(against({**script, "DATA": (GO_AHEAD, end)}, message=message))
    assert (heard.stage, heard.failure) == (Stage.END_OF_DATA, Failure.LINE_CUT)


@pytest.mark.parametrize("at", ["EHLO", "MAIL", "RCPT", "content"])
def test_a_reply_that_nobody_asked_for_is_not_heard(run: Run[tuple[Result, list[str]]], at: str) -> None:
    heard, _ = run(against({at: (b"250 2.0.0 asked for\r\n550 5.0.0 not asked for\r\n",)}))
    assert heard.reply is not None
    assert (heard.stage, heard.reply.code, heard.outcome) == (Stage.END_OF_DATA, 250, Outcome.DELIVERED)


def test_a_421_between_two_messages_closes_the_line_and_leaves_the_first_delivered(run: Run[None]) -> None:
    async def deliver_and_wait() -> None:
        async with misbehaving({"content": (b"250 2.0.0 taken\r\n", b"421 4.4.2 idle\r\n", CLOSE)}) as (port, _):
            line = await TcpTransport("127.0.0.1", port).connect(SOURCE, HELO)
            assert await introduce(line, no_time) is None
            send = partial(
                transact,
                line,
                return_path="a@sender.example",
                recipients=["b@bad.example"],
                content=MESSAGE,
                reset=False,
                round_trip=no_time,
            )
            (first,) = await send()
            async with asyncio.timeout(PATIENT_S):
                while line.is_open:  # noqa: ASYNC110 - a line has no event to wait for
                    await asyncio.sleep(0)
            (second,) = await send()
            await line.close()
        assert (first.stage, first.outcome) == (Stage.END_OF_DATA, Outcome.DELIVERED)
        assert (second.stage, second.failure) == (Stage.MAIL, Failure.LINE_CUT)

    run(deliver_and_wait())


def test_a_server_that_never_says_goodbye_changes_nothing_of_what_was_heard(run: Run[tuple[Result, list[str]]]) -> None:
    heard, server_heard = run(against({"QUIT": (HANG,)}, patience_s=IMPATIENT_S))
    assert heard.outcome is Outcome.DELIVERED
    assert server_heard[-1] == "QUIT"


def test_a_server_that_never_says_goodbye_is_left_long_before_patience_is_out(
    run: Run[tuple[Result, list[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tcp, "GOODBYE_S", 0.01)
    heard, server_heard = run(against({"QUIT": (HANG,)}, patience_s=10 * DEADLINE_S))
    assert heard.outcome is Outcome.DELIVERED
    assert server_heard[-1] == "QUIT"


def test_a_port_where_nobody_listens_is_unreachable(run: Run[Result]) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))  # bound, so that nobody else gets it, but not listening
        heard = run(attempt(unheard.getsockname()[1]))
    assert (heard.stage, heard.failure) == (Stage.CONNECT, Failure.UNREACHABLE)


def test_a_listener_that_never_accepts_is_given_up_after_a_while(run: Run[Result]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        heard = run(attempt(deaf.getsockname()[1], patience_s=IMPATIENT_S))
    assert (heard.stage, heard.failure) == (Stage.CONNECT, Failure.TIMED_OUT)


def test_a_source_address_that_is_not_ours_is_unreachable(run: Run[None]) -> None:
    async def connect() -> None:
        async with misbehaving(PLAIN) as (port, _):
            with pytest.raises(LineError) as failed:
                # Allowed, but no interface has it (RFC 5737: it is for documentation).
                await TcpTransport("127.0.0.1", port, allowed=[ip_network("192.0.2.0/24")]).connect("192.0.2.1", HELO)
        assert failed.value.failure is Failure.UNREACHABLE

    run(connect())


def test_in_simulated_time_a_source_address_that_is_not_ours_is_a_mistake(run: Run[None]) -> None:
    async def connect() -> None:
        async with misbehaving(PLAIN) as (port, _):
            transport = TcpTransport("127.0.0.1", port, allowed=[ip_network("192.0.2.0/24")], deadline_s=math.inf)
            with pytest.raises(InputError, match=r"192\.0\.2\.1 to 127\.0\.0\.1: cannot be connected \(Cannot assign"):
                await transport.connect("192.0.2.1", HELO)

    run(connect())


@pytest.mark.parametrize(
    ("number", "raised", "told"),
    [
        (errno.EADDRNOTAVAIL, OSError, "Cannot assign requested address"),
        (errno.EAGAIN, OSError, "Resource temporarily unavailable"),
        (
            errno.EPERM,
            InputError,
            r"\(Operation not permitted\); look whether sockets of 127\.0\.0\.0/8 are blocked, or",
        ),
    ],
)
def test_in_simulated_time_a_machine_without_ports_is_no_mistake_of_the_address(
    number: int, raised: type[Exception], told: str, run: Run[None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> bool:
        raise OSError(number, os.strerror(number))

    async def connect() -> None:
        monkeypatch.setattr(tcp, "_connected_at_once", fail)
        with pytest.raises(raised, match=told):
            await TcpTransport("127.0.0.1", 25, deadline_s=math.inf).connect(SOURCE, HELO)

    run(connect())


@pytest.mark.parametrize("deadline_s", [PATIENT_S, math.inf], ids=["real time", "simulated time"])
def test_a_tls_handshake_that_the_server_breaks_off_is_a_lost_connection(run: Run[None], deadline_s: float) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for reply in (b"220 hello", b"250 STARTTLS", b"220 go on"):
            writer.write(reply + b"\r\n")
            await reader.readline()
        await reader.read(1)  # the client's first octet of TLS
        writer.close()

    async def encrypt() -> None:
        async with await asyncio.start_server(talk, "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            line = await TcpTransport("127.0.0.1", port, deadline_s=deadline_s).connect(SOURCE, HELO)
            await line.hello()
            with pytest.raises(LineError, match="closed by the other side"):
                await line.encrypt()
            await line.close()

    run(encrypt())


def test_a_connection_without_a_greeting_is_known_by_its_port(run: Run[None]) -> None:
    ports: list[int] = []

    async def refuse(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ports.append(writer.get_extra_info("peername")[1])
        writer.close()

    async def connect() -> None:
        async with await asyncio.start_server(refuse, "127.0.0.1", 0) as server:
            transport = TcpTransport("127.0.0.1", server.sockets[0].getsockname()[1])
            with pytest.raises(LineError) as failed:
                await transport.connect(SOURCE, HELO)
        assert [failed.value.local_port] == ports

    run(connect())
