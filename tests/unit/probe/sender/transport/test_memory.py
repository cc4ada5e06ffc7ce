"""The transport without sockets: the client's side of a session."""

from __future__ import annotations

import pytest
from lane_harness import ADDRESS, STARTS

from fake_gateways import persona as personas
from fake_gateways.clock import VirtualClock
from fake_gateways.gateway import Gateway
from fake_gateways.needs import QueryHandler
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.smtp.command import Command
from fake_gateways.verdict import Answer, Question
from probe.records.attempt import Failure
from probe.scenario.model import GatewaySpec
from probe.sender.transport import LineError
from probe.sender.transport.memory import MemoryTransport, UnreachableTransport

HELO = "mta1.sender.example"
MAIL, RCPT = Command("MAIL", path="news@sender.example"), Command("RCPT", path="ann@acme.example")
MESSAGE = b"From: news@sender.example\r\n\r\nHello.\r\n"


def transport(*policies: dict[str, object], size_limit: int = 10_000, patience_s: float = 300.0) -> MemoryTransport:
    """Return the transport to a gateway with one mailbox, ann@acme.example."""
    spec = GatewaySpec.model_validate(
        {"name": "acme", "domains": ["acme.example"], "policy": [*policies, {"type": "directory"}]}
    )
    clock = VirtualClock(STARTS)

    async def ask(question: Question) -> Answer:
        del question
        return Answer()

    gateway = Gateway(
        name="acme",
        host="mx.acme.example",
        persona=personas.load("postfix"),
        directory=Directory(spec.domains, {"ann@acme.example": MailboxState.PRESENT}),
        policies=spec.policy,
        claims={},
        lies=1.0,
        size_limit=size_limit,
        clock=clock,
        starts=STARTS,
        seed="7",
        write=lambda _: None,
        post=lambda _: None,
        address=ADDRESS,
    )
    return MemoryTransport(gateway, QueryHandler(ask, clock.sleep, patience_s=patience_s))


async def test_a_message_goes_over_a_line_as_over_a_socket() -> None:
    line = await transport().connect("127.10.0.1", HELO)
    assert line.greeting.code == 220
    assert (await line.hello()).code == 250
    assert "PIPELINING" in line.keywords
    replies = await line.exchange([MAIL, RCPT, Command("DATA")])
    assert [reply.code for reply in replies] == [250, 250, 354]
    assert (await line.send(MESSAGE)).code == 250
    await line.close()
    assert not line.is_open


async def test_each_connection_has_a_port_of_its_own() -> None:
    way = transport()
    ports = {(await way.connect("127.10.0.1", HELO)).local_port for _ in range(3)}
    assert len(ports) == 3


async def test_after_starttls_the_line_counts_as_encrypted() -> None:
    line = await transport().connect("127.10.0.1", HELO)
    await line.hello()
    assert (await line.encrypt()).code == 220
    assert line.tls


async def test_content_beyond_the_gateways_limit_is_refused() -> None:
    line = await transport(size_limit=20).connect("127.10.0.1", HELO)
    await line.hello()
    await line.exchange([MAIL, RCPT, Command("DATA")])
    assert (await line.send(MESSAGE)).code == 552


@pytest.mark.parametrize(
    "path", ["ann (Ann)@acme.example", "ann@acme.example> SIZE=1", "j\u00f6rg@acme.example", "ann"]
)
async def test_an_address_that_needs_care_is_parsed_as_over_a_socket(path: str) -> None:
    line = await transport().connect("127.10.0.1", HELO)
    await line.hello()
    replies = await line.exchange([MAIL, Command("RCPT", path=path)])
    assert replies[0].code == 250
    assert replies[1].refuses


async def test_a_closed_line_takes_no_commands() -> None:
    line = await transport().connect("127.10.0.1", HELO)
    await line.hello()
    await line.close()
    with pytest.raises(LineError) as raised:
        await line.exchange([Command("NOOP")])
    assert raised.value.failure is Failure.LINE_CUT


async def test_a_gateway_slower_than_the_senders_patience_is_given_up() -> None:
    tarpit = {"type": "tarpit", "delay": "10m", "slows": "everything", "after_refusals": 0, "at": "rcpt"}
    line = await transport(tarpit, patience_s=60.0).connect("127.10.0.1", HELO)
    await line.hello()
    with pytest.raises(LineError, match="no reply within 60 s") as raised:
        await line.exchange([MAIL, RCPT])
    assert raised.value.failure is Failure.TIMED_OUT


async def test_an_address_without_a_server_refuses_the_connection() -> None:
    with pytest.raises(LineError, match="Connection refused") as raised:
        await UnreachableTransport().connect("127.10.0.1", HELO)
    assert raised.value.failure is Failure.UNREACHABLE


async def test_a_connection_without_a_greeting_is_known_by_its_port() -> None:
    cut = transport({"type": "fault", "how": "cut", "at": "connect"})
    ports = []
    for _ in range(2):
        with pytest.raises(LineError) as raised:
            await cut.connect("127.10.0.1", HELO)
        ports.append(raised.value.local_port)
    assert 0 < ports[0] < ports[1]
