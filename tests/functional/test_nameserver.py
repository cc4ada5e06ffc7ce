"""The scenario's nameserver as a foreign resolver sees it, and our resolver against it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, cast

import dns.asyncquery
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.reversename
import pytest
import pytest_asyncio
from trial_gateway import STARTS
from wire import PATIENCE_S, connected

from fake_gateways.clock import VirtualClock
from fake_gateways.dns import nameserver
from fake_gateways.dns.resolver import Resolver
from fake_gateways.dns.zone import TTL_S, Listing, World
from fake_gateways.verdict import Answer, Question

ZONE: Final = "bl.reputation.example"
LISTED_NAME: Final = f"1.0.10.127.{ZONE}"
MANY_TEXTS: Final = tuple(f'"text number {number} of a name with a great many of them"' for number in range(40))


class Names:
    """A running nameserver with its world and clock."""

    def __init__(self, running: nameserver.Nameserver, world: World, clock: VirtualClock) -> None:
        self.world = world
        self.clock = clock
        self.port = running.port
        self.resolver = Resolver(running.address, running.port)

    async def udp(self, query: dns.message.Message) -> dns.message.Message:
        """Ask over UDP."""
        return await dns.asyncquery.udp(query, "127.0.0.1", PATIENCE_S, self.port)

    async def tcp(self, query: dns.message.Message) -> dns.message.Message:
        """Ask over TCP."""
        return await dns.asyncquery.tcp(query, "127.0.0.1", PATIENCE_S, self.port)


@pytest_asyncio.fixture(loop_scope="function")
async def names() -> AsyncIterator[Names]:
    """Serve a small world; in the end it must still answer, and nothing may have gone wrong unseen."""
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, fault: faults.append(fault))
    world, clock = World(), VirtualClock(STARTS)
    world.add("northwind.example", "MX", "10 mx1.northwind.example.", "20 mx2.northwind.example.")
    world.add_host("mx1.northwind.example", "127.1.0.1")
    world.add_host("mx2.northwind.example", "::1")
    world.add("bounce.messenger.example", "TXT", '"v=spf1 ip4:127.10.0.1 -all"')
    world.add("many.example", "TXT", *MANY_TEXTS)
    world.add_listings([Listing("127.10.0.1", ZONE, STARTS + 2400, STARTS + 7200)])
    running = await nameserver.serve(world, clock.now)
    served = Names(running, world, clock)
    try:
        async with served.resolver:
            yield served
        for ask in (served.udp, served.tcp):
            answer = await ask(dns.message.make_query("northwind.example", "MX"))
            assert len(answer.answer) == 1
    finally:
        await running.close()
    assert faults == []


Ask = Callable[[Names, dns.message.Message], Awaitable[dns.message.Message]]
over_both = pytest.mark.parametrize("ask", [Names.udp, Names.tcp], ids=["udp", "tcp"])


@over_both
@pytest.mark.parametrize(
    ("name", "kind", "records"),
    [
        ("northwind.example", "MX", ["10 mx1.northwind.example.", "20 mx2.northwind.example."]),
        ("NorthWind.Example", "MX", ["10 mx1.northwind.example.", "20 mx2.northwind.example."]),
        ("mx1.northwind.example", "A", ["127.1.0.1"]),
        ("mx2.northwind.example", "AAAA", ["::1"]),
        ("1.0.1.127.in-addr.arpa", "PTR", ["mx1.northwind.example."]),
        (dns.reversename.from_address("::1").to_text(), "PTR", ["mx2.northwind.example."]),
        ("bounce.messenger.example", "TXT", ['"v=spf1 ip4:127.10.0.1 -all"']),
    ],
)
async def test_records_are_answered_with_authority(
    names: Names, ask: Ask, name: str, kind: str, records: list[str]
) -> None:
    query = dns.message.make_query(name, kind)
    answer = await ask(names, query)
    assert answer.rcode() == dns.rcode.NOERROR
    assert answer.flags & dns.flags.AA
    assert not answer.flags & (dns.flags.TC | dns.flags.RA)
    assert answer.question == query.question
    # Names in records point back at the question to save room, and take its case from there.
    assert sorted(record.to_text().lower() for record in answer.answer[0]) == records
    assert answer.answer[0].ttl == TTL_S
    # RFC 4343: asked in whatever case, answered in the same.
    assert answer.answer[0].name.to_text().rstrip(".") == name.rstrip(".")


@over_both
@pytest.mark.parametrize(
    ("name", "kind", "rcode"),
    [
        ("nobody.example", "MX", dns.rcode.NXDOMAIN),
        ("mx9.northwind.example", "A", dns.rcode.NXDOMAIN),
        ("northwind.example", "A", dns.rcode.NOERROR),
        ("mx1.northwind.example", "MX", dns.rcode.NOERROR),
        ("mx1.northwind.example", "TYPE65280", dns.rcode.NOERROR),
        # Names with others below them exist, if empty (RFC 8020 section 2).
        ("messenger.example", "TXT", dns.rcode.NOERROR),
        ("1.127.in-addr.arpa", "PTR", dns.rcode.NOERROR),
        (LISTED_NAME, "A", dns.rcode.NXDOMAIN),
        (f"2.0.10.127.{ZONE}", "A", dns.rcode.NXDOMAIN),
    ],
)
async def test_no_such_name_and_no_such_record_are_told_apart_and_bring_an_soa(
    names: Names, ask: Ask, name: str, kind: str, rcode: dns.rcode.Rcode
) -> None:
    answer = await ask(names, dns.message.make_query(name, kind))
    assert answer.rcode() == rcode
    assert answer.flags & dns.flags.AA
    assert answer.answer == []
    # RFC 2308 sections 2 and 3: how long the absence may be remembered.
    (soa,) = answer.authority
    assert soa.rdtype == dns.rdatatype.SOA
    assert soa.ttl == soa[0].minimum == TTL_S


@over_both
@pytest.mark.parametrize(
    ("at", "listed"), [(0, False), (2399.9, False), (2400, True), (7199.9, True), (7200, False), (86_400, False)]
)
async def test_a_listing_comes_and_goes_with_the_clock_it_was_given(
    names: Names, ask: Ask, at: float, *, listed: bool
) -> None:
    await names.clock.until(STARTS + at)
    address = await ask(names, dns.message.make_query(LISTED_NAME, "A"))
    reason = await ask(names, dns.message.make_query(LISTED_NAME, "TXT"))
    told = [record.to_text() for answer in (address, reason) for rrset in answer.answer for record in rrset]
    assert told == (["127.0.0.2", f'"Listed in {ZONE}"'] if listed else [])
    assert address.rcode() == (dns.rcode.NOERROR if listed else dns.rcode.NXDOMAIN)


@over_both
@pytest.mark.parametrize(
    "opcode", [dns.opcode.IQUERY, dns.opcode.STATUS, dns.opcode.NOTIFY, 3, 6, 15], ids=lambda opcode: f"{int(opcode)}"
)
async def test_another_opcode_than_query_is_not_implemented(names: Names, ask: Ask, opcode: int) -> None:
    query = dns.message.make_query("northwind.example", "MX")
    query.flags |= opcode << 11
    answer = await ask(names, query)
    assert answer.rcode() == dns.rcode.NOTIMP
    assert answer.answer == []


async def _raw_udp(port: int, packets: list[bytes], last: bytes) -> list[bytes]:
    """Send packets, then a query; return all that came before and with the answer to it."""
    loop = asyncio.get_running_loop()
    heard: list[bytes] = []
    done = asyncio.Event()

    class Catch(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, _: object) -> None:
            heard.append(data)
            if data[:2] == last[:2]:
                done.set()

    transport, _ = await loop.create_datagram_endpoint(Catch, remote_addr=("127.0.0.1", port))
    try:
        async with asyncio.timeout(PATIENCE_S):
            for packet in packets:
                transport.sendto(packet)
                await asyncio.sleep(0)  # let the nameserver read, that no packet is lost for want of room
            transport.sendto(last)
            await done.wait()
    finally:
        transport.close()
    return heard


def _query(identifier: int = 0xFFFF) -> bytes:
    query = dns.message.make_query("northwind.example", "MX")
    query.id = identifier
    return query.to_wire()


async def test_a_query_cut_short_is_answered_format_error_over_udp_and_tcp(names: Names) -> None:
    # RFC 1035 section 4.1.1: FORMERR, with the query's own id.
    cut = _query(0x1234)[:-3]
    over_udp = await _raw_udp(names.port, [cut], _query())
    async with connected(names.port) as client:
        client.send(len(cut).to_bytes(2) + cut)
        client.writer.write_eof()
        over_tcp = await client.to_the_end()
    for octets in (over_udp[0], over_tcp[2:]):
        answer = dns.message.from_wire(octets)
        assert answer.id == 0x1234
        assert answer.rcode() == dns.rcode.FORMERR
        assert answer.flags & dns.flags.QR


def test_a_name_that_points_at_the_id_of_its_query_is_read_in_one_way() -> None:
    # The id is part of the message that a compressed name may point at (RFC 1035 section 4.1.4), but not of a question.
    two = _query()[:5] + b"\2" + _query()[6:] + b"\2mx\xc0\0\0\x0f\0\1"
    answers = [nameserver.respond(id_ + two[2:], World(), STARTS, over_udp=True) for id_ in (b"\0\0", b"\x7f\x7f")]
    assert answers[1] == b"\x7f\x7f" + (answers[0] or b"")[2:]


@pytest.mark.parametrize("packet", [b"", b"\0", b"\x12\x34" * 5, _query(1)[:2] + b"\x80" + _query(1)[3:]])
async def test_what_has_no_header_or_is_an_answer_itself_gets_no_answer(names: Names, packet: bytes) -> None:
    # An answer to an answer would go round for ever.
    assert len(await _raw_udp(names.port, [packet] * 3, _query())) == 1


async def test_an_answer_too_large_for_udp_is_cut_there_and_whole_over_tcp(names: Names) -> None:
    # RFC 1035 section 4.2.1: 512 octets and the TC flag; RFC 6891 section 6.2.3 where the client says it takes more.
    query = dns.message.make_query("many.example", "TXT")
    cut = await names.udp(query)
    assert cut.flags & dns.flags.TC
    assert cut.answer == []
    assert len(cut.to_wire()) <= nameserver.PLAIN_UDP_OCTETS
    for whole in (
        await names.tcp(query),
        await names.udp(dns.message.make_query("many.example", "TXT", use_edns=0, payload=4096)),
    ):
        assert not whole.flags & dns.flags.TC
        assert len(whole.answer[0]) == len(MANY_TEXTS)


async def test_several_queries_on_one_tcp_connection_are_answered_in_turn(names: Names) -> None:
    # RFC 7766 section 6.2.1; the last in single octets.
    first, second, third = (_query(number) for number in (1, 2, 3))
    async with connected(names.port) as client:
        for query in (first, b"", second):
            client.send(len(query).to_bytes(2) + query)
        for octet in len(third).to_bytes(2) + third:
            client.send(bytes((octet,)))
            await client.writer.drain()
        client.writer.write_eof()
        heard = await client.to_the_end()
    answers = []
    while heard:
        end = 2 + int.from_bytes(heard[:2])
        answers.append(dns.message.from_wire(heard[2:end]))
        heard = heard[end:]
    assert [answer.id for answer in answers] == [1, 2, 3]
    assert all(len(answer.answer) == 1 for answer in answers)


def _mutated(rng: random.Random) -> bytes:
    """Return a random packet, or a query with some octets changed, cut short or added to."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.randrange(0, 600))
    name = rng.choice(["northwind.example", "many.example", LISTED_NAME, "a." * 60 + "example"])
    kind = rng.choice(["MX", "A", "TXT", "ANY", "AXFR", "SOA", "TYPE41", "TYPE250"])
    query = dns.message.make_query(name, kind, use_edns=rng.choice([None, 0]), want_dnssec=rng.random() < 0.3)
    packet = bytearray(query.to_wire())
    for _ in range(rng.randrange(4)):
        packet[rng.randrange(2, len(packet))] = rng.randrange(256)
    if rng.random() < 0.3:
        del packet[rng.randrange(len(packet)) :]
    if rng.random() < 0.3:
        packet += rng.randbytes(rng.randrange(40))
    packet[:2] = rng.randrange(0xFFFF).to_bytes(2)  # 0xFFFF is the last query's
    return bytes(packet)


@pytest.mark.parametrize("seed", range(4))
async def test_random_packets_do_not_kill_the_nameserver(names: Names, seed: int) -> None:
    rng = random.Random(seed)
    packets = [_mutated(rng) for _ in range(500)]
    heard = await _raw_udp(names.port, packets, _query())
    assert len(heard) > 50, "most of the packets were near enough to a query to be answered"
    for packet in packets[:50]:
        async with connected(names.port) as client:
            client.send(len(packet).to_bytes(2) + packet)
            client.writer.write_eof()
            await client.to_the_end()


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        (Question("northwind.example", "MX"), ("10 mx1.northwind.example.", "20 mx2.northwind.example.")),
        (Question("mx1.northwind.example"), ("127.1.0.1",)),
        (Question("1.0.1.127.in-addr.arpa", "PTR"), ("mx1.northwind.example.",)),
        (Question("many.example", "TXT"), MANY_TEXTS),  # cut over UDP, so asked again over TCP
        # No such name and no such record are one to a policy; the SOA's minimum says for how long.
        (Question("nobody.example", "MX"), ()),
        (Question("northwind.example"), ()),
    ],
    ids=str,
)
async def test_the_resolver_reads_what_the_nameserver_says_as_the_world_itself_would(
    names: Names, question: Question, answer: tuple[str, ...]
) -> None:
    found = await names.resolver.ask(question)
    assert sorted(found.records) == sorted(answer)
    assert found == Answer(found.records, TTL_S)
    assert sorted(names.world.answer(question, STARTS).records) == sorted(found.records)


async def test_the_resolver_remembers_nothing_itself(names: Names) -> None:
    question = Question(LISTED_NAME)
    heard = []
    for at in (0, 2400, 7200):
        await names.clock.until(STARTS + at)
        heard.append((await names.resolver.ask(question)).records)
    assert heard == [(), ("127.0.0.2",), ()]


async def test_many_questions_at_once_each_get_their_own_answer(names: Names) -> None:
    hosts = [f"host{number}.northwind.example" for number in range(50)]
    for number, host in enumerate(hosts):
        names.world.add_host(host, f"127.2.0.{number}")
    found = await asyncio.gather(*(names.resolver.ask(Question(host)) for host in hosts))
    assert [answer.records for answer in found] == [(f"127.2.0.{number}",) for number in range(50)]


@pytest.mark.parametrize("name", ["north..wind.example", "a" * 64 + ".example", "a." * 130])
async def test_what_is_no_name_gets_no_answer(names: Names, name: str) -> None:
    assert (await names.resolver.ask(Question(name))).failed


async def test_names_whose_aliases_go_round_fail_as_in_the_world_itself(names: Names) -> None:
    names.world.add("here.example", "CNAME", "there.example.")
    names.world.add("there.example", "CNAME", "here.example.")
    question = Question("here.example", "MX")
    found = await names.resolver.ask(question)
    assert found == names.world.answer(question, STARTS)
    assert found.failed


class _Forging(asyncio.DatagramProtocol):
    """Before the nameserver's answer, sends an answer to another question, and octets that are no answer."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        world = World()
        world.add_host("mx1.northwind.example", "127.1.0.1")
        forged = dns.message.make_query("mx2.northwind.example", "A")
        forged.id = int.from_bytes(data[:2])
        for octets in (data[:2], nameserver.respond(forged.to_wire(), world, STARTS, over_udp=True), b"", b"\0" * 40):
            assert octets is not None
            self._transport.sendto(octets, addr)
        answer = nameserver.respond(data, world, STARTS, over_udp=True)
        assert answer is not None
        self._transport.sendto(answer, addr)


async def test_the_resolver_ignores_what_answers_another_question() -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(_Forging, local_addr=("127.0.0.1", 0))
    try:
        async with Resolver(*transport.get_extra_info("sockname")) as resolver:
            found = await resolver.ask(Question("mx1.northwind.example"))
    finally:
        transport.close()
    assert found == Answer(("127.1.0.1",), TTL_S)


class _Broken(asyncio.DatagramProtocol):
    """A nameserver that answers SERVFAIL to everybody."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = dns.message.make_response(dns.message.from_wire(data))
        answer.set_rcode(dns.rcode.SERVFAIL)
        self._transport.sendto(answer.to_wire(), addr)


class _Silent(asyncio.DatagramProtocol):
    """A nameserver that answers nobody."""


@pytest.mark.parametrize("behaviour", [_Broken, _Silent])
async def test_the_resolver_tells_a_failing_nameserver_from_a_missing_name(
    behaviour: type[asyncio.DatagramProtocol],
) -> None:
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(behaviour, local_addr=("127.0.0.1", 0))
    try:
        async with Resolver(*transport.get_extra_info("sockname"), patience_s=0.2) as resolver:
            found = await resolver.ask(Question("northwind.example", "MX"))
    finally:
        transport.close()
    assert found.failed
    assert found.records == ()
