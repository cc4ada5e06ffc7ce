"""Clients that no mail server wrote: each gets the reply a real gateway gives, and the next client is served."""

from __future__ import annotations

import asyncio
import random
import socket
from typing import Final

import pytest
import trial_gateway
from siege import ANNA, INES, MAIL, RCPT, SENT, begun, besieged
from trial_gateway import Trial
from wire import PATIENCE_S, Client, connected

from fake_gateways.server import IDLE_S, MAX_AHEAD, MAX_UNREAD
from fake_gateways.smtp.standard_replies import MAX_MISTAKES, MAX_RECIPIENTS
from fake_gateways.verdict import Answer, Question

PEOPLE: Final = {ANNA: "present", INES: "present", "otto.lind@northwind.example": "departed"}
CUT_IN_DATA: Final = f"{ANNA} - claimed - cut @data"
CUT_AT_RCPT: Final = f"{ANNA} - claimed - cut @rcpt"


def consumer(**settings: object) -> Trial:
    """Build a consumer provider's gateway with three mailboxes."""
    return trial_gateway.build(persona="consumer", mailboxes=PEOPLE, **settings)  # type: ignore[arg-type]


async def test_a_command_that_ends_in_a_bare_line_feed_is_answered_521_and_ends_the_connection() -> None:
    # What Postfix does with smtpd_forbid_bare_newline; RFC 5321 2.3.8 knows CRLF only.
    async with besieged(consumer(), CUT_AT_RCPT) as (port, _), connected(port) as client:
        await begun(client)
        client.send(b"DATA\nSubject: smuggled\r\n")
        assert (await client.line()).startswith("521 5.5.2")
        assert await client.to_the_end() == b""


@pytest.mark.parametrize("pieces", [1, 7])
async def test_an_over_long_command_line_is_answered_500_once_and_the_next_line_is_read(pieces: int) -> None:
    # RFC 5321 4.5.3.1.4 and 4.5.3.1.9: 500 Line too long, whatever came in how many pieces.
    line = b"NOOP " + b"x" * 70_000 + b"\r\n"
    async with besieged(consumer(), SENT) as (port, _), connected(port) as client:
        await begun(client)
        step = len(line) // pieces + 1
        for start in range(0, len(line), step):
            client.send(line[start : start + step])
            await client.writer.drain()
        assert (await client.line()).startswith("500 5.5.6")
        assert (await client.say(b"DATA")).startswith("354")
        assert (await client.say(b".")).startswith("250")


@pytest.mark.parametrize("length", [998, 999, 1000])
async def test_the_longest_command_line_has_a_thousand_octets_with_its_end(length: int) -> None:
    async with besieged(consumer()) as (port, _), connected(port) as client:
        await client.reply()
        reply = await client.say(b"NOOP " + b"x" * (length - 5))
        assert reply.startswith("250" if length + 2 <= 1000 else "500")


@pytest.mark.parametrize(
    "line",
    [
        b"\0",
        b"NO\0OP",
        b"NOOP \0",
        b"MAIL FROM:<a\0b@messenger.example>",
        b"M\xc4IL FROM:<a@messenger.example>",
        "MAIL FROM:<jürgen@messenger.example>".encode(),
        b"MAIL FROM:<a@messenger.example> SIZE=\xff",
        b"EHLO mta1\r.messenger.example",
        b"QUIT\r",
        b"\xff\xfe\xfd",
        b"GET / HTTP/1.1",
        b"STARTTLS",
        b"AUTH LOGIN",
        b"BDAT 5 LAST",
        b"EXPN staff",
        b"TURN",
        b"DATA\0",
    ],
)
async def test_a_line_that_is_no_command_is_answered_5yz_and_changes_nothing(line: bytes) -> None:
    # RFC 5321 4.2.4: 500 for what is not recognized, 502 for what is not implemented, such as STARTTLS here.
    async with besieged(consumer(), SENT) as (port, _), connected(port) as client:
        assert (await client.reply()).startswith("220")
        assert (await client.say(line))[:3] in {"500", "501", "502", "503"}
        await client.say(b"EHLO mta1.messenger.example")
        await client.say(MAIL)
        assert (await client.say(line))[:3] in {"500", "501", "502", "503"}
        for command in (RCPT, b"DATA", b"."):
            assert (await client.say(command))[0] in "23"


async def test_starttls_is_not_offered() -> None:
    async with besieged(consumer()) as (port, _), connected(port) as client:
        await client.reply()
        client.send(b"EHLO mta1.messenger.example\r\n")
        keywords = [await client.line() for _ in range(5)]
        assert keywords[-1].startswith("250 ")
        assert not any("STARTTLS" in line for line in keywords)


async def test_of_two_thousand_recipients_the_first_thousand_are_taken_and_the_rest_deferred() -> None:
    # RFC 5321 4.5.3.1.10: 452 for too many recipients, and the client sends to the rest later.
    taken = [f"p{number}@northwind.example" for number in range(MAX_RECIPIENTS)]
    beyond = [f"p{number}@northwind.example" for number in range(MAX_RECIPIENTS, 2 * MAX_RECIPIENTS)]
    rows = [f"{address} policy claimed policy deferred @rcpt" for address in beyond]
    rows += [f"{address} - claimed - inbox @end-of-data" for address in taken]
    async with besieged(consumer(catch_all=True), *rows) as (port, keep), connected(port) as client:
        await client.reply()
        await client.say(b"EHLO mta1.messenger.example")
        await client.say(MAIL)
        client.send(b"".join(f"RCPT TO:<{address}>\r\n".encode() for address in (*taken, *beyond)))
        replies = [(await client.line())[:9] for _ in range(2 * MAX_RECIPIENTS)]
        assert set(replies[:MAX_RECIPIENTS]) == {"250 2.1.5"}
        assert set(replies[MAX_RECIPIENTS:]) == {"452 4.5.3"}
        assert (await client.say(b"DATA")).startswith("354")
        assert (await client.say(b"Dear all,\r\n.")).startswith("250")
        assert keep.contents == [b"Dear all,\r\n"]


@pytest.mark.parametrize("seed", range(5))
async def test_garbage_is_refused_until_the_server_has_had_enough(seed: int) -> None:
    garbage = random.Random(seed).randbytes(100_000)
    async with besieged(consumer()) as (port, _), connected(port) as client:
        await client.reply()
        client.send(garbage)
        client.writer.write_eof()
        replies = (await _until_reset(client)).split(b"\r\n")[:-1]
        assert replies
        assert {reply[:1] for reply in replies[:-1]} <= {b"5"}
        # RFC 5321 3.8: closed with 421, or with the 521 of a bare line feed.
        assert replies[-1][:3] in {b"421", b"521"}
        assert len(replies) <= MAX_MISTAKES


async def _until_reset(client: Client) -> bytes:
    """Return what comes until the server hangs up, perhaps without having read all it was sent."""
    heard = b""
    try:
        while line := await client.line():
            heard += line.encode() + b"\r\n"
    except ConnectionResetError:
        pass
    return heard


@pytest.mark.parametrize("abruptly", [True, False])
async def test_a_connection_dropped_in_mid_data_cuts_every_recipient(*, abruptly: bool) -> None:
    rows = (CUT_IN_DATA, f"{INES} - claimed - cut @data")
    trial = consumer()
    async with besieged(trial, *rows) as (port, keep):
        async with connected(port) as client:
            await begun(client, f"RCPT TO:<{INES}>".encode(), b"DATA")
            client.send(b"Subject: Minutes\r\n\r\nDear An")
            if abruptly:
                client.reset()
        await trial.books.reach(2)
        assert keep.contents == []


async def test_a_socket_half_closed_behind_quit_still_gets_every_reply() -> None:
    async with besieged(consumer(), SENT) as (port, _), connected(port) as client:
        client.send(
            b"EHLO mta1.messenger.example\r\n" + MAIL + b"\r\n" + RCPT + b"\r\nDATA\r\n\r\nHello\r\n.\r\nQUIT\r\n"
        )
        client.writer.write_eof()
        codes = [line[:3] for line in (await client.to_the_end()).split(b"\r\n")[:-1]]
        assert codes == [b"220", *[b"250"] * 5, b"250", b"250", b"354", b"250", b"221"]


async def test_what_follows_quit_is_not_answered() -> None:
    async with besieged(consumer(), CUT_AT_RCPT) as (port, _), connected(port) as client:
        await begun(client)
        client.send(b"QUIT\r\n" + MAIL + b"\r\nNOOP\r\n")
        assert (await client.line()).startswith("221")
        assert await client.to_the_end() == b""


async def test_single_octets_one_by_one_make_the_same_message() -> None:
    dialogue = b"EHLO mta1.messenger.example\r\n%s\r\n%s\r\nDATA\r\n..dotted\r\n.\r\nQUIT\r\n" % (MAIL, RCPT)
    async with besieged(consumer(), SENT) as (port, keep), connected(port) as client:
        client.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in dialogue:
            client.send(bytes((octet,)))
            await client.writer.drain()
            await asyncio.sleep(0)
        codes = [line[:3] for line in (await client.to_the_end()).split(b"\r\n")[:-1]]
        assert codes == [b"220", *[b"250"] * 5, b"250", b"250", b"354", b"250", b"221"]
        assert keep.contents == [b".dotted\r\n"]


class Oracle:
    """A nameserver that answers when it is told to."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    async def ask(self, _: Question) -> Answer:
        self.asked.set()
        return await self.answer


def wary() -> Trial:
    """Build a gateway that asks the DNS at RCPT."""
    return consumer(policies=({"type": "ip-reputation", "zones": ["bl.reputation.example"]},))


async def test_a_client_that_pipelines_megabytes_while_an_answer_is_pending_is_cut_off() -> None:
    oracle = Oracle()
    cut = f"{ANNA} - claimed - cut @rcpt"
    async with besieged(wary(), cut, ask=oracle.ask) as (port, _), connected(port) as client:
        await client.reply()
        for command in (b"EHLO mta1.messenger.example", MAIL):
            await client.say(command)
        client.send(RCPT + b"\r\n")
        await oracle.asked.wait()
        with pytest.raises(ConnectionError):
            await _flood(client, b"NOOP\r\n" * 10_000, at_least=MAX_AHEAD)
        oracle.answer = _answered(Answer())


def _answered(answer: Answer) -> asyncio.Future[Answer]:
    future: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
    future.set_result(answer)
    return future


async def test_what_is_pipelined_behind_a_pending_answer_is_answered_in_order_when_it_comes() -> None:
    oracle = Oracle()
    async with besieged(wary(), SENT, ask=oracle.ask) as (port, keep), connected(port) as client:
        await client.reply()
        await client.say(b"EHLO mta1.messenger.example")
        client.send(MAIL + b"\r\n" + RCPT + b"\r\nDATA\r\n" + b"x" * 900 + b"\r\n.\r\nNOOP\r\nQUIT\r\n")
        await oracle.asked.wait()
        oracle.answer.set_result(Answer())
        assert [(await client.line())[:9] for _ in range(6)] == [
            "250 2.1.0",
            "250 2.1.5",
            "354 Go ah",
            "250 2.0.0",
            "250 2.1.5",
            "221 2.0.0",
        ]
        assert keep.contents == [b"x" * 900 + b"\r\n"]


async def test_a_client_that_half_closes_while_an_answer_is_pending_still_gets_its_reply() -> None:
    oracle = Oracle()
    trial = wary()
    async with besieged(trial, CUT_AT_RCPT, ask=oracle.ask) as (port, _), connected(port) as client:
        await client.reply()
        for command in (b"EHLO mta1.messenger.example", MAIL):
            await client.say(command)
        client.send(RCPT + b"\r\n")
        await oracle.asked.wait()
        client.writer.write_eof()
        oracle.answer.set_result(Answer())
        assert (await client.to_the_end()).startswith(b"250")


async def test_a_client_that_never_reads_is_cut_off() -> None:
    async with besieged(consumer(), CUT_AT_RCPT) as (port, _), connected(port) as client:
        await begun(client)
        client.writer.transport.pause_reading()  # type: ignore[attr-defined]  # a transport that reads
        with pytest.raises(ConnectionError):
            # HELP is answered in ten times as many octets.
            await _flood(client, b"HELP\r\n" * 10_000, at_least=MAX_UNREAD // 10)


async def _flood(client: Client, octets: bytes, *, at_least: int) -> None:
    """Send the same over and over until the line breaks; raises ConnectionError, which must not come too early."""
    sent = 0
    async with asyncio.timeout(PATIENCE_S):
        try:
            while True:
                client.send(octets)
                sent += len(octets)
                await client.writer.drain()
        finally:
            assert sent >= at_least


def _pass(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let time pass for every timer of the event loop."""
    loop = asyncio.get_running_loop()
    clock = loop.time
    monkeypatch.setattr(loop, "time", lambda: clock() + seconds)


async def test_an_idle_client_is_sent_away_with_421_after_five_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    # RFC 5321 4.5.3.2.7.
    async with besieged(consumer(), CUT_AT_RCPT) as (port, _), connected(port) as client:
        await begun(client)
        _pass(IDLE_S, monkeypatch)
        assert (await client.line()).startswith("421 4.4.2")
        assert await client.to_the_end() == b""


async def test_a_client_that_falls_silent_in_mid_data_is_sent_away_with_421(monkeypatch: pytest.MonkeyPatch) -> None:
    async with besieged(consumer(), CUT_IN_DATA) as (port, keep), connected(port) as client:
        await begun(client, b"DATA\r\nSubject: Minutes")
        _pass(IDLE_S, monkeypatch)
        assert (await client.line()).startswith("421 4.4.2")
        assert await client.to_the_end() == b""
        assert keep.contents == []


async def test_a_client_that_says_something_every_four_minutes_is_not_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    async with besieged(consumer(), SENT) as (port, _), connected(port) as client:
        await begun(client)
        for _ in range(5):
            _pass(IDLE_S * 0.8, monkeypatch)
            assert (await client.say(b"NOOP")).startswith("250")
        for command in (b"DATA", b"."):
            assert (await client.say(command))[0] in "23"


@pytest.mark.parametrize("size", [2_000, 3_000_000])
async def test_content_beyond_the_size_limit_is_refused_at_its_end_and_the_next_message_taken(size: int) -> None:
    # RFC 1870 6.3 and RFC 5321 4.5.3.1.9: 552 after the final dot, never in the middle.
    row = f"{ANNA} too-large claimed too-large refused @end-of-data"
    content = (b"x" * 98 + b"\r\n") * (size // 100)
    async with besieged(consumer(size_limit="1 kB"), row, SENT) as (port, keep), connected(port) as client:
        await begun(client, b"DATA")
        assert (await client.say(content + b".")).startswith("552 5.3.4")
        for command in (MAIL, RCPT, b"DATA", content[:1000] + b"."):
            assert (await client.say(command))[0] in "23"
        assert keep.contents == [content[:1000]]


SMUGGLED: Final = b"MAIL FROM:<ceo@northwind.example>\r\nRCPT TO:<%s>\r\nDATA\r\nPay this.\r\n" % INES.encode()


@pytest.mark.parametrize(
    "end",
    [b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r", b"\r\n.\r", b"\r.\r\n", b"\r\n\0.\r\n", b"\n.\r", b"\r\r\n.\r\r\n"],
)
async def test_no_other_end_of_data_than_crlf_dot_crlf_splits_a_message(end: bytes) -> None:
    # RFC 5321 4.1.1.4: treating <LF>.<LF> as the end lets a second message be smuggled inside the first.
    async with besieged(consumer(), SENT) as (port, keep), connected(port) as client:
        await begun(client, b"DATA")
        client.send(b"Dear Anna," + end + SMUGGLED + b".\r\nNOOP\r\n")
        assert (await client.line()).startswith("250 2.0.0")
        assert (await client.line()).startswith("250 2.1.5")
        assert len(keep.contents) == 1
        assert b"MAIL FROM:<ceo@" in keep.contents[0]


async def test_commands_behind_354_are_content_until_the_dot() -> None:
    async with besieged(consumer(), SENT) as (port, keep), connected(port) as client:
        await begun(client, b"DATA")
        client.send(b"RSET\r\nQUIT\r\nNOOP\nDATA\r\n" + MAIL + b"\r\n")
        assert (await client.say(b".")).startswith("250 2.0.0")
        assert keep.contents == [b"RSET\r\nQUIT\r\nNOOP\nDATA\r\n" + MAIL + b"\r\n"]


async def test_a_refused_data_keeps_what_follows_from_being_content() -> None:
    # RFC 2920 3.1: no 354, no content; the lines of the message are read as commands.
    row = "otto.lind@northwind.example user-unknown claimed user-unknown refused @rcpt"
    async with besieged(consumer(), row) as (port, keep), connected(port) as client:
        await client.reply()
        await client.say(b"EHLO mta1.messenger.example")
        assert (await client.say(MAIL)).startswith("250")
        assert (await client.say(b"RCPT TO:<otto.lind@northwind.example>")).startswith("550")
        client.send(b"DATA\r\nSubject: Minutes\r\n.\r\nQUIT\r\n")
        assert [(await client.line())[:3] for _ in range(4)] == ["503", "502", "502", "221"]
        assert keep.contents == []


async def test_a_hundred_clients_at_once_are_told_apart() -> None:
    rows = [SENT] * 100
    trial = consumer()
    async with besieged(trial, *rows) as (port, keep):

        async def deliver(number: int) -> None:
            async with connected(port, source=f"127.10.1.{number + 1}") as client:
                await begun(client, b"DATA")
                assert (await client.say(b"From client %d\r\n." % number)).startswith("250")

        async with asyncio.TaskGroup() as group:
            for number in range(100):
                group.create_task(deliver(number))
        assert sorted(keep.contents) == sorted(b"From client %d\r\n" % number for number in range(100))
        assert {row.peer_address for row in trial.books} == {f"127.10.1.{number + 1}" for number in range(100)}
        assert sorted(row.session for row in trial.books) == sorted({row.session for row in trial.books})
