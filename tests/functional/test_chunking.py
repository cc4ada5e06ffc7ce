"""Messages in parts (RFC 3030), over a socket: what becomes of each part, and where the next command begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from trial_gateway import Trial, build, serving
from wire import Client, connected

ANN, BOB = "ann@northwind.example", "bob@northwind.example"
MESSAGE = b"Subject: Minutes\r\n\r\n.As agreed.\r\n.\r\n"


def gateway(persona: str = "postfix", **settings: object) -> Trial:
    """Return a gateway with one mailbox."""
    return build(persona=persona, mailboxes={ANN: "present", BOB: "departed"}, **settings)  # type: ignore[arg-type]


@asynccontextmanager
async def introduced(trial: Trial) -> AsyncIterator[Client]:
    """Connect and say EHLO."""
    async with serving(trial) as port, connected(port) as client:
        await client.reply()
        assert (await client.say(b"EHLO mta1.messenger.example")).endswith("CHUNKING")
        yield client


async def addressed(client: Client, *recipients: str) -> None:
    """Begin a transaction."""
    for command in ("MAIL FROM:<news@messenger.example>", *(f"RCPT TO:<{each}>" for each in recipients)):
        await client.say(command.encode())


@pytest.mark.parametrize("parts", [[MESSAGE], [MESSAGE[:7], MESSAGE[7:]], [MESSAGE, b""]], ids=["one", "two", "empty"])
async def test_a_message_arrives_whole_in_however_many_parts(parts: list[bytes]) -> None:
    trial = gateway()
    async with introduced(trial) as client:
        await addressed(client, ANN)
        for part in parts[:-1]:
            client.send(b"BDAT %d\r\n%s" % (len(part), part))
            assert (await client.reply()).startswith("250 2.0.0 ")
        client.send(b"BDAT %d LAST\r\n%s" % (len(parts[-1]), parts[-1]))
        assert "queued as" in await client.reply()
        assert (await client.say(b"NOOP")).startswith("250")
    assert trial.books.table == [f"{ANN} - claimed - inbox @end-of-data"]


async def test_everything_may_be_sent_together() -> None:
    trial = gateway()
    async with introduced(trial) as client:
        client.send(
            f"MAIL FROM:<news@messenger.example>\r\nRCPT TO:<{ANN}>\r\nBDAT {len(MESSAGE)} LAST\r\n".encode()
            + MESSAGE
            + b"QUIT\r\n"
        )
        assert [(await client.reply())[:3] for _ in range(4)] == ["250", "250", "250", "221"]
    assert trial.books.table == [f"{ANN} - claimed - inbox @end-of-data"]


@pytest.mark.parametrize(
    ("before", "reply"),
    [([], "503 5.5.1 "), (["MAIL FROM:<>"], "554 5.5.1 "), (["MAIL FROM:<>", f"RCPT TO:<{BOB}>"], "554 5.5.1 ")],
    ids=["without mail", "without recipient", "with a refused one"],
)
async def test_a_part_that_is_out_of_order_is_read_and_refused(before: list[str], reply: str) -> None:
    async with introduced(gateway()) as client:
        for command in before:
            await client.say(command.encode())
        client.send(b"BDAT 6\r\nQUIT\r\nRSET\r\n")
        assert (await client.reply()).startswith(reply)
        assert (await client.reply()).startswith("250")


@pytest.mark.parametrize("argument", [b"", b"x", b"-1", b"5 FIRST", b"5 LAST x", b"9999999999999"])
async def test_a_part_without_a_length_is_a_mistake(argument: bytes) -> None:
    async with introduced(gateway()) as client:
        await addressed(client, ANN)
        assert (await client.say(b"BDAT " + argument)).startswith("501")


async def test_between_parts_only_the_next_one_or_the_end_of_the_transaction_is_in_order() -> None:
    trial = gateway()
    async with introduced(trial) as client:
        await addressed(client, ANN)
        client.send(b"BDAT 1\r\nx")
        assert (await client.reply()).startswith("250")
        replies = [(await client.say(line))[:3] for line in (b"MAIL FROM:<>", b"DATA", b"NOOP", b"RSET")]
        assert replies == ["503", "503", "250", "250"]
        await addressed(client, ANN)
        client.send(b"BDAT 1 LAST\r\ny")
        assert (await client.reply()).startswith("250")
    assert trial.books.table == [f"{ANN} - claimed - cut @data", f"{ANN} - claimed - inbox @end-of-data"]


@pytest.mark.parametrize("parts", [[2000], [600, 600]], ids=["in one part", "in two"])
async def test_parts_beyond_the_size_limit_are_refused(parts: list[int]) -> None:
    trial = gateway(size_limit="1 kB")
    async with introduced(trial) as client:
        await addressed(client, ANN)
        for part in parts:
            client.send(b"BDAT %d\r\n%s" % (part, b"x" * part))
            reply = await client.reply()
        assert reply.startswith("552 5.3.4 ")
        assert (await client.say(b"MAIL FROM:<>")).startswith("250")
    assert trial.books.table == [f"{ANN} too-large claimed too-large refused @end-of-data"]


async def test_a_gateway_that_does_not_offer_it_does_not_know_it() -> None:
    async with serving(gateway("consumer")) as port, connected(port) as client:
        await client.reply()
        await client.say(b"EHLO mta1.messenger.example")
        assert (await client.say(b"BDAT 5 LAST"))[:3] in {"500", "502"}
