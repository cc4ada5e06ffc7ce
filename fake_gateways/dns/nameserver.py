"""The authoritative nameserver of the simulated Internet, over UDP and TCP, built on dnspython.

The same questions come again and again. A query is read once, and a response is written once for every answer.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, cast

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from fake_gateways.dns.resolver_fault import FaultyResolver, ResolverFault
from fake_gateways.dns.zone import TTL_S, World
from fake_gateways.loopback import Network, require_inside
from fake_gateways.start_server import started
from fake_gateways.verdict import Answer, Question

PLAIN_UDP_OCTETS: Final = 512
"""RFC 1035 section 4.2.1. A client with EDNS states a larger limit."""
TCP_IDLE_S: Final = 10.0
_NO_ID: Final = bytes(2)
_SOA: Final = f"ns.invalid. hostmaster.invalid. 1 3600 600 86400 {int(TTL_S)}"


def respond(
    octets: bytes, world: World, at: float, *, over_udp: bool, faults: Sequence[FaultyResolver] = ()
) -> bytes | None:
    """Return the response to a query at a time, or None if it gets no response (RFC 1035 section 4.1).

    The first of the faults that concerns the query changes the response.
    """
    identifier, query = octets[:2], octets[2:]
    try:
        question = _asked(query)
    except dns.exception.DNSException:
        return _formerr(octets)
    if question is None:
        declined = _decline(query)
        return declined and identifier + declined
    answer = world.answer(question, at)
    struck = next((each for each in faults if each.strikes(question.name, at)), None) if faults else None
    if struck is not None:
        answer = struck.answer(question, answer)
    is_hidden = struck is not None and struck.fault is ResolverFault.DEAD
    exists = bool(answer.records) or (not is_hidden and world.exists(question.name, at))
    response = identifier + _respond(query, answer, exists=exists, over_udp=over_udp)
    return response if struck is None else struck.response(response, over_udp=over_udp)


@lru_cache(maxsize=4096)
def _asked(query: bytes) -> Question | None:
    """Return what a query without its id asks about the world; None if it is something else. Raises DNSException."""
    message = dns.message.from_wire(_NO_ID + query)
    if message.flags & dns.flags.QR or message.opcode() != dns.opcode.QUERY or len(message.question) != 1:
        return None
    asked = message.question[0]
    if asked.rdclass != dns.rdataclass.IN:
        return None
    return Question(asked.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(asked.rdtype))


@lru_cache(maxsize=4096)
def _respond(query: bytes, answer: Answer, *, exists: bool, over_udp: bool) -> bytes:
    """Return the response that carries an answer of the world. It follows from these arguments; both have no id."""
    message = dns.message.from_wire(_NO_ID + query)
    response = dns.message.make_response(message)
    response.flags |= dns.flags.AA
    asked = message.question[0]
    if answer.records:
        kind = dns.rdatatype.to_text(asked.rdtype)
        response.answer.append(dns.rrset.from_text_list(asked.name, int(answer.ttl_s), "IN", kind, answer.records))
    elif answer.failed:
        response.set_rcode(dns.rcode.SERVFAIL)
    else:
        if not exists:
            response.set_rcode(dns.rcode.NXDOMAIN)
        response.authority.append(dns.rrset.from_text(dns.name.root, int(TTL_S), "IN", "SOA", _SOA))
    room = max(PLAIN_UDP_OCTETS, message.payload) if over_udp else 65535
    try:
        # Unless told not to, dnspython shuffles records, and a run over sockets would differ from one in memory.
        return response.to_wire(max_size=room, want_shuffle=False)[2:]
    except dns.exception.TooBig:
        cut = dns.message.make_response(message)
        cut.flags |= dns.flags.AA | dns.flags.TC
        return cut.to_wire()[2:]


def _decline(query: bytes) -> bytes | None:
    """Return the response to what is no question about the Internet, None if it is a response itself; without ids."""
    message = dns.message.from_wire(_NO_ID + query)  # the id is part of what a compressed name may point at
    if message.flags & dns.flags.QR:
        return None
    response = dns.message.make_response(message)
    if message.opcode() != dns.opcode.QUERY:
        response.set_rcode(dns.rcode.NOTIMP)
    elif len(message.question) != 1:
        response.set_rcode(dns.rcode.FORMERR)
    else:
        response.set_rcode(dns.rcode.REFUSED)
    return response.to_wire()[2:]


def _formerr(octets: bytes) -> bytes | None:
    """Return a format error for a query that cannot be parsed, or None if it has no id."""
    if len(octets) < 12 or octets[2] & 0x80:
        return None
    return octets[:2] + struct.pack(">HHHHH", 0x8000 | dns.rcode.FORMERR, 0, 0, 0, 0)


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, world: World, now: Callable[[], float], faults: Sequence[FaultyResolver]) -> None:
        self._world = world
        self._now = now
        self._faults = faults
        self._transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # asyncio's datagram transport is not a subclass of its interface, so isinstance() does not help.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        response = respond(data, self._world, self._now(), over_udp=True, faults=self._faults)
        if response is not None:
            self._transport.sendto(response, addr)


@dataclass
class Nameserver:
    """A running nameserver; ``port`` is the same for UDP and TCP."""

    address: str
    port: int
    _udp: asyncio.DatagramTransport
    _tcp: asyncio.Server

    async def close(self) -> None:
        """Stop answering."""
        self._udp.close()
        self._tcp.close()
        await self._tcp.wait_closed()


async def serve(
    world: World,
    now: Callable[[], float],
    *,
    address: str = "127.0.0.1",
    port: int = 0,
    allowed: Sequence[Network] = (),
    idle_s: float = TCP_IDLE_S,
    faults: Sequence[FaultyResolver] = (),
) -> Nameserver:
    """Serve a world's records as of ``now()``. Port 0 takes a free port. Raises OutsideError, or OSError if in use.

    A connection is closed after ``idle_s``, in real seconds.
    """
    require_inside(address, allowed)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(idle_s):
                while True:
                    length = int.from_bytes(await reader.readexactly(2))
                    octets = await reader.readexactly(length)
                    response = respond(octets, world, now(), over_udp=False, faults=faults)
                    if response is not None:
                        writer.write(len(response).to_bytes(2) + response)
                        await writer.drain()
        except (asyncio.IncompleteReadError, TimeoutError, ConnectionError):
            pass  # the client has its answer and closes, or it was idle for too long
        finally:
            writer.close()

    loop = asyncio.get_running_loop()
    attempts = 1 if port else 20  # a port that is free for TCP may be in use for UDP
    while True:
        attempts -= 1
        tcp = await started(await asyncio.start_server(talk, address, port, start_serving=False))
        chosen = tcp.sockets[0].getsockname()[1]
        try:
            udp, _ = await loop.create_datagram_endpoint(
                lambda: _Datagrams(world, now, faults), local_addr=(address, chosen)
            )
        except OSError:
            tcp.close()
            if not attempts:
                raise
            continue
        except BaseException:
            tcp.close()
            raise
        return Nameserver(address, chosen, udp, tcp)
