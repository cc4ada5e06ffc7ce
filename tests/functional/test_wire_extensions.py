"""What SMTP has grown: STARTTLS, PROXY, XCLIENT, SMTPUTF8, 8BITMIME, DSN, over sockets and against what goes wrong."""

from __future__ import annotations

import asyncio
import logging
import smtplib
import ssl
import struct
from typing import Any

import pytest
import trial_gateway
from deadline import DEADLINE_S
from trial_gateway import Trial, build
from wire import Client, connected

from fake_gateways import certificate
from fake_gateways.truth import Fate
from probe.lab import event_loop

ANN = "ann@northwind.example"
MAIL, RCPT = b"MAIL FROM:<news@bounce.messenger.example>", f"RCPT TO:<{ANN}>".encode()
MESSAGE = "Subject: Minutes\r\n\r\nAs agreed.\r\n"
tls = certificate.issuer(["mx.northwind.example"])


def gateway(persona: str = "postfix", **settings: Any) -> Trial:
    """Return a gateway where Ann has a mailbox."""
    return build(persona=persona, mailboxes={ANN: "present"}, **settings)


def trusting() -> ssl.SSLContext:
    """Return a client's context that asks for no proof, as mail servers do (RFC 7435)."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Any:
    """Run a coroutine in the loop that is named."""
    return asyncio.run if request.param == "asyncio" else event_loop.run


def by_smtplib(port: int, *, encrypt: bool = True) -> tuple[dict[str, str], list[str]]:
    """Deliver a message with Python's client; return what was offered before and after STARTTLS."""
    with smtplib.SMTP("127.0.0.1", port, "mta1.messenger.example", DEADLINE_S) as client:
        client.ehlo()
        before = dict(client.esmtp_features)
        if encrypt:
            client.starttls(context=trusting())
            client.ehlo()
        client.sendmail("news@bounce.messenger.example", [ANN], MESSAGE)
        return before, sorted(client.esmtp_features)


def test_a_foreign_client_delivers_through_starttls(run: Any) -> None:
    trial = gateway(policies=({"type": "tls-required"},))

    async def deliver() -> tuple[dict[str, str], list[str]]:
        async with trial_gateway.serving(trial, tls=tls) as port:
            return await asyncio.to_thread(by_smtplib, port)

    before, after = run(deliver())
    assert "starttls" in before
    assert "starttls" not in after
    assert [row.fate for row in trial.books] == [Fate.INBOX]


def test_many_clients_encrypt_at_once(run: Any) -> None:
    trial = gateway()

    async def deliver() -> None:
        async with trial_gateway.serving(trial, tls=tls) as port:
            await asyncio.gather(*(asyncio.to_thread(by_smtplib, port) for _ in range(8)))

    run(deliver())
    assert [row.fate for row in trial.books] == [Fate.INBOX] * 8


async def introduced(client: Client) -> None:
    await client.reply()
    assert (await client.say(b"EHLO mta1.messenger.example")).startswith("250")


async def test_commands_behind_starttls_in_the_clear_are_dropped() -> None:
    """The injection of CVE-2011-0411: what follows STARTTLS in the clear must not be carried out under TLS."""
    trial = gateway()
    async with trial_gateway.serving(trial, tls=tls) as port, connected(port) as client:
        await introduced(client)
        client.send(b"STARTTLS\r\n" + MAIL + b"\r\n" + RCPT + b"\r\n")
        assert (await client.reply()).startswith("220")
        reader, writer = client._reader, client.writer
        async with asyncio.timeout(DEADLINE_S):
            await writer.start_tls(trusting(), server_hostname="mx.northwind.example")
            writer.write(b"NOOP\r\n")
            assert (await reader.readline()).startswith(b"250 2.0.0")
            writer.write(RCPT + b"\r\n")
            assert (await reader.readline()).startswith(b"503")
    assert trial.books == []


async def test_who_cannot_speak_tls_is_cut_off_and_leaves_no_trace() -> None:
    trial = gateway()
    async with trial_gateway.serving(trial, tls=tls) as port:
        async with connected(port) as client:
            await introduced(client)
            assert (await client.say(b"STARTTLS")).startswith("220")
            client.send(b"MAIL FROM:<>\r\n" * 10)
            assert b"250" not in await client.to_the_end()
        async with connected(port) as honest:
            await introduced(honest)
            assert (await honest.say(MAIL)).startswith("250")


@pytest.mark.parametrize(
    ("commands", "code"),
    [
        ([b"STARTTLS now"], "501"),
        ([MAIL, b"STARTTLS"], "503"),
        ([b"STARTTLS"], "454"),
    ],
)
async def test_starttls_out_of_place(commands: list[bytes], code: str) -> None:
    async with trial_gateway.serving(gateway(), tls=None if code == "454" else tls) as port, connected(port) as client:
        await introduced(client)
        replies = [await client.say(command) for command in commands]
        assert replies[-1].startswith(code)
        assert (await client.say(b"NOOP")).startswith("250")


V2 = b"\r\n\r\n\0\r\nQUIT\n"


@pytest.mark.parametrize(
    ("header", "peer"),
    [
        (b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 25\r\n", "192.0.2.7"),
        (b"PROXY TCP6 2001:db8::7 ::1 40000 25\r\n", "2001:db8::7"),
        (
            V2 + b"\x21\x11" + struct.pack(">H4s4sHH", 12, bytes([192, 0, 2, 9]), bytes([127, 0, 0, 1]), 40000, 25),
            "192.0.2.9",
        ),
        (V2 + b"\x20\x00\x00\x00", "127.10.0.1"),
        (V2 + b"\x21\x31" + struct.pack(">H108s108s", 216, b"/run/a", b"/run/b"), "127.10.0.1"),
        (b"PROXY UNKNOWN\r\n", "127.10.0.1"),
    ],
    ids=[
        "version 1",
        "version 1 with IPv6",
        "version 2",
        "a health check of version 2",
        "a socket of the file system",
        "unknown",
    ],
)
@pytest.mark.parametrize("step", [1, 1000], ids=["octet by octet", "at once"])
async def test_a_proxy_says_whom_it_speaks_for(header: bytes, peer: str, step: int) -> None:
    trial = gateway()
    async with trial_gateway.serving(trial, proxied=True) as port, connected(port) as client:
        octets = header + b"EHLO mta1.messenger.example\r\n"
        for start in range(0, len(octets), step):
            client.send(octets[start : start + step])
            await asyncio.sleep(0)
        await client.reply()
        await client.reply()
        for command in (MAIL, RCPT, b"DATA"):
            await client.say(command)
        assert (await client.say(b"Subject: x\r\n\r\nx\r\n.")).startswith("250")
        await client.say(b"QUIT")
    assert [row.peer_address for row in trial.books] == [peer]
    assert trial.gateway.connections == {}


@pytest.mark.parametrize(
    "octets",
    [
        b"EHLO mta1.messenger.example\r\n",
        b"PROXY TCP4 one two 3 4\r\n",
        b"PROXY " + b"x" * 200,
        b"NOOP",
        b"PROXY TCP4 192.0.2.7 127.0.0.1 40000 99999\r\n",
        V2 + b"\xff\xff\x00\x04abcd",
        b"\0" * 5000,
    ],
)
async def test_who_comes_without_a_proper_header_is_cut_off_without_a_word(
    octets: bytes, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # as in a program that sets up no logging
    trial = gateway()
    async with trial_gateway.serving(trial, proxied=True) as port, connected(port) as client:
        client.send(octets)
        assert await client.to_the_end() == b""
    assert trial.books == []
    assert capfd.readouterr().err == ""


async def test_xclient_presents_another_client_who_is_greeted_anew() -> None:
    listing = {"address": "192.0.2.7", "zone": "bl.reputation.example"}
    asked = {"type": "ip-reputation", "at": "rcpt", "zones": ["bl.reputation.example"]}
    trial = gateway(policies=(asked,), listings=(listing,), xclient=True)
    async with trial_gateway.serving(trial) as port, connected(port) as client:
        await introduced(client)
        assert (await client.say(b"XCLIENT ADDR=192.0.2.7 NAME=[UNAVAILABLE] HELO=mta9.example")).startswith("220")
        await client.say(MAIL)
        assert (await client.say(RCPT)).startswith("5")
    assert [(row.peer_address, row.helo, row.cause) for row in trial.books] == [
        ("192.0.2.7", "mta9.example", "ip-reputation")
    ]


@pytest.mark.parametrize(
    ("command", "offered", "code"),
    [
        (b"XCLIENT ADDR=192.0.2.7", False, "500"),
        (b"XCLIENT ADDR=nonsense", True, "501"),
        (b"XCLIENT COLOUR=red", True, "501"),
        (b"XCLIENT ADDR=IPV6:2001:db8::1", True, "220"),
    ],
)
async def test_xclient_is_for_those_it_is_offered_to(command: bytes, offered: bool, code: str) -> None:  # noqa: FBT001
    async with trial_gateway.serving(gateway(xclient=offered)) as port, connected(port) as client:
        await introduced(client)
        assert (await client.say(command)).startswith(code)


@pytest.mark.parametrize(
    ("persona", "commands", "code"),
    [
        ("postfix", ["MAIL FROM:<jürgen@köln.example> SMTPUTF8"], "250"),
        ("postfix", ["MAIL FROM:<jürgen@köln.example>"], "553"),
        ("postfix", ["MAIL FROM:<a@b.example>", "RCPT TO:<jürgen@northwind.example>"], "553"),
        ("postfix", ["MAIL FROM:<a@b.example> SMTPUTF8 BODY=8BITMIME", "RCPT TO:<jürgen@northwind.example>"], "550"),
        ("cisco-esa", ["MAIL FROM:<jürgen@köln.example> SMTPUTF8"], "500"),
        ("cisco-esa", ["MAIL FROM:<a@b.example> SMTPUTF8"], "555"),
        ("postfix", ["MAIL FROM:<a@b.example> BODY=9BIT"], "555"),
        ("postfix", ["MAIL FROM:<a@b.example> SIZE=99999999999"], "552"),
        ("postfix", ["MAIL FROM:<a@b.example> RET=HDRS ENVID=QQ+2B1"], "250"),
        ("postfix", ["MAIL FROM:<a@b.example> RET=SOME"], "501"),
        ("postfix", ["MAIL FROM:<a@b.example> ENVID=a+0Ab"], "501"),
        ("postfix", ["MAIL FROM:<a@b.example>", f"RCPT TO:<{ANN}> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;{ANN}"], "250"),
        ("postfix", ["MAIL FROM:<a@b.example>", f"RCPT TO:<{ANN}> NOTIFY=NEVER,SUCCESS"], "501"),
        ("postfix", ["MAIL FROM:<a@b.example>", f"RCPT TO:<{ANN}> ORCPT={ANN}"], "501"),
        ("cisco-esa", ["MAIL FROM:<a@b.example>", f"RCPT TO:<{ANN}> NOTIFY=NEVER"], "555"),
    ],
)
async def test_parameters_are_taken_where_they_are_offered_and_make_sense(
    persona: str, commands: list[str], code: str
) -> None:
    async with trial_gateway.serving(gateway(persona)) as port, connected(port) as client:
        await introduced(client)
        replies = [await client.say(command.encode()) for command in commands]
        assert replies[-1].startswith(code), replies


async def test_a_gateway_on_the_ipv6_loopback_answers_there() -> None:
    trial = gateway()
    listener = await trial_gateway.server.serve(trial.gateway, trial.answer_query, address="::1")
    port = listener.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("::1", port)
    async with asyncio.timeout(DEADLINE_S):
        assert (await reader.readline()).startswith(b"220")
        writer.write(b"EHLO a.example\r\n" + MAIL + b"\r\n" + RCPT + b"\r\nRSET\r\n")
        while not (await reader.readline()).startswith(b"250 2.1.5"):
            pass
    writer.close()
    listener.close()
    await trial.books.reach(1)
    assert trial.books[0].peer_address == "::1"
