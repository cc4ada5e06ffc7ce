"""Sends DNS queries over UDP, and over TCP if the answer was truncated, with dnspython.

The same questions are asked again and again, so a query is encoded once, and an answer is read once. What is out of the
ordinary (no answer, a truncated one, a server failure) is left to dnspython's resolver, which asks again by itself.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from functools import lru_cache, partial
from types import TracebackType
from typing import Final, Self, cast

import dns.asyncresolver
import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver

from fake_gateways.loopback import Network, require_inside
from fake_gateways.verdict import Answer, Question

PATIENCE_S: Final = 5.0
_HEADER_OCTETS: Final = 10
"""The header of a message without its id (RFC 1035 section 4.1.1)."""


class Resolver:
    """A resolver with one nameserver, the scenario's. While it is entered as a context, it keeps one socket open."""

    def __init__(self, address: str, port: int, *, allowed: Sequence[Network] = ()) -> None:
        """Raise OutsideError if the nameserver is not on this machine."""
        require_inside(address, allowed)
        self._nameserver = (address, port)
        self._resolver = dns.asyncresolver.Resolver(configure=False)
        self._resolver.nameservers = [address]
        self._resolver.port = port
        self._resolver.lifetime = PATIENCE_S / 2
        self._channel: _Channel | None = None

    async def __aenter__(self) -> Self:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        _, self._channel = await loop.create_datagram_endpoint(
            lambda: _Channel(PATIENCE_S / 2), remote_addr=self._nameserver
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket."""
        channel, self._channel = self._channel, None
        if channel is not None:
            await channel.close()

    async def ask(self, question: Question) -> Answer:
        """Return the records: none if the name or the record does not exist, ``failed`` if there was no answer."""
        try:
            if self._channel is not None:
                octets = await self._channel.ask(_query(question))
                answer = None if octets is None else _read(question, octets)
                if answer is not None:
                    return answer
            return await self._ask_patiently(question)
        except dns.exception.DNSException:
            return Answer(failed=True, ttl_s=0.0)

    async def _ask_patiently(self, question: Question) -> Answer:
        """Ask by dnspython's resolver. Raises DNSException if there is no answer."""
        try:
            found = await self._resolver.resolve(f"{question.name}.", question.kind)
        except dns.resolver.NXDOMAIN as missing:
            responses = missing.kwargs.get("responses", {}).values()
            return _absence(next(iter(responses), None))
        except dns.resolver.NoAnswer as missing:
            return _absence(missing.kwargs.get("response"))
        return _presence(found)


class _Channel(asyncio.DatagramProtocol):
    """A socket that is connected with the nameserver. Several queries may be under way."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        self._waiting: dict[bytes, tuple[bytes, asyncio.Future[bytes | None]]] = {}
        self._transport: asyncio.DatagramTransport
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's classes, so isinstance() does not help.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take an answer; ignore what answers no question of ours, whatever id it has (RFC 5452 section 9.1)."""
        del addr
        query, answered = self._waiting.get(data[:2], (b"", None))
        octets = data[2:]
        if answered is not None and octets[_HEADER_OCTETS : len(query)] == query[_HEADER_OCTETS:]:
            _settle(answered, octets)

    def error_received(self, exc: Exception) -> None:
        """Give up the queries under way: the nameserver does not listen."""
        del exc
        for _, answered in self._waiting.values():
            _settle(answered, None)

    async def ask(self, query: bytes) -> bytes | None:
        """Send a query and return the answer, both without id; None if none comes."""
        loop = asyncio.get_running_loop()
        while (identifier := os.urandom(2)) in self._waiting:
            pass
        answered: asyncio.Future[bytes | None] = loop.create_future()
        self._waiting[identifier] = query, answered
        deadline = loop.call_later(self._patience_s, partial(_settle, answered, None))
        try:
            self._transport.sendto(identifier + query)
            return await answered
        finally:
            deadline.cancel()
            del self._waiting[identifier]

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the socket is closed."""
        del exc
        self._closed.set()

    async def close(self) -> None:
        """Close the socket. The loop does it in its next turn, which may be after the end of the run."""
        self._transport.close()
        await self._closed.wait()


def _settle(answered: asyncio.Future[bytes | None], octets: bytes | None) -> None:
    if not answered.done():
        answered.set_result(octets)


@lru_cache(maxsize=4096)
def _query(question: Question) -> bytes:
    """Return a query without its id. Raises DNSException for what is no name."""
    return dns.message.make_query(f"{question.name}.", question.kind).to_wire()[2:]


@lru_cache(maxsize=4096)
def _read(question: Question, octets: bytes) -> Answer | None:
    """Return what a response without its id says; None if the question must be asked again in another way."""
    response = dns.message.from_wire(b"\0\0" + octets)
    if not isinstance(response, dns.message.QueryMessage) or not response.flags & dns.flags.QR:
        return None
    if response.flags & dns.flags.TC:
        return None
    if response.rcode() == dns.rcode.NXDOMAIN:
        return _absence(response)
    if response.rcode() != dns.rcode.NOERROR:
        return None
    kind = dns.rdatatype.from_text(question.kind)
    try:
        return _presence(
            dns.resolver.Answer(dns.name.from_text(f"{question.name}."), kind, dns.rdataclass.IN, response)
        )
    except dns.resolver.NoAnswer:
        return _absence(response)


def _presence(found: dns.resolver.Answer) -> Answer:
    rrset = found.rrset
    if rrset is None:
        return Answer()
    return Answer(tuple(record.to_text() for record in rrset), float(rrset.ttl))


def _absence(response: dns.message.Message | None) -> Answer:
    """Return that there are no records, for the negative TTL from the SOA record (RFC 2308 section 5)."""
    for rrset in response.authority if response is not None else ():
        return Answer(ttl_s=float(min(rrset.ttl, rrset[0].minimum)))
    return Answer(ttl_s=0.0)
