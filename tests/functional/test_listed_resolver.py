"""What comes back from a resolver on loopback: truncated, garbled, late, or nothing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import dns.message
import pytest

from fake_gateways.dns.nameserver import serve
from fake_gateways.dns.resolver_fault import FaultyResolver, ResolverFault
from fake_gateways.dns.zone import World
from fake_gateways.verdict import Question
from probe.listed.answer import Came, Reply
from probe.listed.open_resolver import TRIES, Asker, over_sockets, read_reply

ZONE = "bl.acme.example"
LONG = Question(f"long.{ZONE}", "TXT")


def world() -> World:
    """Return a record that fits into a datagram, and many that do not."""
    made = World()
    made.add(f"one.{ZONE}", "A", "127.0.0.2")
    made.add(LONG.name, "TXT", *(f'"{number:03}{"x" * 200}"' for number in range(20)))
    return made


@asynccontextmanager
async def asking(*faults: FaultyResolver, waits: list[float] | None = None) -> AsyncIterator[Asker]:
    """Yield an asker of a nameserver on loopback; it waits for nothing but notes how long it would have waited."""

    async def sleep(seconds: float) -> None:
        if waits is not None:
            waits.append(seconds)

    server = await serve(world(), lambda: 0.0, faults=faults)
    try:
        yield Asker(over_sockets(server.address, server.port, 0.05), sleep)
    finally:
        await server.close()


async def test_records_come_over_udp_and_long_ones_over_tcp() -> None:
    async with asking() as asker:
        assert await asker.ask(Question(f"one.{ZONE}")) == Reply(Came.RECORDS, ("127.0.0.2",))
        assert len((await asker.ask(LONG)).records) == 20
        assert (await asker.ask(Question(f"one.{ZONE}", "TXT"))).came is Came.NO_DATA
        assert (await asker.ask(Question(f"none.{ZONE}"))).came is Came.NO_NAME
        assert asker.queries == 4


@pytest.mark.parametrize(
    ("fault", "came"),
    [
        (ResolverFault.TIME_OUT, Came.NOTHING),
        (ResolverFault.TRUNCATED, Came.CUT),
        (ResolverFault.SERVER_FAILURE, Came.FAILURE),
    ],
)
async def test_what_did_not_come_is_asked_again_with_longer_and_longer_waits(fault: ResolverFault, came: Came) -> None:
    waits: list[float] = []
    async with asking(FaultyResolver(fault, ZONE), waits=waits) as asker:
        assert (await asker.ask(Question(f"one.{ZONE}"))).came is came
        assert (asker.queries, waits) == (TRIES, [1.0, 2.0])


async def test_nobody_listens() -> None:
    server = await serve(world(), lambda: 0.0)
    await server.close()
    asker = Asker(over_sockets(server.address, server.port, 0.05), asyncio.sleep)
    assert (await asker._once(Question(f"one.{ZONE}"))).came is Came.NOTHING


async def test_a_name_that_is_none_is_not_asked() -> None:
    async with asking() as asker:
        assert (await asker.ask(Question(f"{'x' * 64}.{ZONE}"))).came is Came.NO_NAME
        assert asker.queries == 0


@pytest.mark.parametrize("octets", [b"", b"\0", bytes(11), bytes(12), bytes(500), b"\xff" * 40])
def test_octets_that_are_no_answer_are_a_failure(octets: bytes) -> None:
    query = dns.message.make_query("one.acme.example.", "A", id=1).to_wire()
    assert read_reply(octets, query).came is Came.FAILURE


def test_the_answer_to_another_question_is_a_failure() -> None:
    query, other = (dns.message.make_query(f"{name}.acme.example.", "A", id=1) for name in ("one", "two"))
    assert read_reply(dns.message.make_response(other).to_wire(), query.to_wire()).came is Came.FAILURE
