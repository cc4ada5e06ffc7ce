"""Sends DNS queries over UDP, and over TCP if the answer was truncated. dnspython encodes and parses the messages.

The same questions are asked again and again, so a query is encoded once, and an answer is read once. dnspython's own
resolver is not used: it measures its patience by the time of day, which may be set while it waits.
"""

from __future__ import annotations

import asyncio
import errno
import math
import os
from collections.abc import Callable, Sequence
from functools import lru_cache
from types import TracebackType
from typing import Final, Self, cast

import dns.exception
import dns.flags
import dns.message
import dns.rcode

from fake_gateways.loopback import Network, require_inside
from fake_gateways.verdict import UNANSWERED, Answer, Question

PATIENCE_S: Final = 5.0
TRIES: Final = 3
"""How often a query is sent. A datagram may be lost where a nameserver gets many at once."""
MOST_TRIES: Final = 5
"""How often it is sent to a nameserver of ours."""
AGAIN_S: Final = 2.0
"""The longest time after which it is sent again, in real seconds."""
_HEADER_OCTETS: Final = 10
"""The header of a message without its id (RFC 1035 section 4.1.1)."""


class Resolver:
    """A resolver with one nameserver, the scenario's. It is to be entered as a context, in which it has a socket.

    ``patience_s`` is how long it waits for an answer, in real seconds. If that is infinite, the nameserver is one of
    ours in this process, and it is an error if no answer comes.
    """

    def __init__(
        self, address: str, port: int, *, allowed: Sequence[Network] = (), patience_s: float = PATIENCE_S
    ) -> None:
        """Raise OutsideError if the nameserver is not on this machine."""
        require_inside(address, allowed)
        self._nameserver = (address, port)
        self._patience_s = patience_s
        self._channel: _Channel

    async def __aenter__(self) -> Self:
        """Open the socket."""
        loop = asyncio.get_running_loop()
        _, self._channel = await loop.create_datagram_endpoint(_Channel, remote_addr=self._nameserver)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the socket."""
        await self._channel.close()

    async def ask(self, question: Question) -> Answer:
        """Return the records: none if the name or the record does not exist, ``failed`` if there was no answer.

        Raises OSError if it had to come.
        """
        try:
            query = _query(question)
            octets = await self._over_udp(query)
            if octets is None:
                return self._unanswered()
            answer = _read(octets)
            if answer is None:
                async with asyncio.timeout(self._patience_s):
                    answer = _read(await self._over_tcp(query))
        except dns.exception.DNSException:
            return UNANSWERED
        except (OSError, EOFError):
            return self._unanswered()
        return answer or UNANSWERED

    def _unanswered(self) -> Answer:
        if math.isinf(self._patience_s):
            raise OSError(errno.ETIMEDOUT, "its nameserver does not answer")
        return UNANSWERED

    async def _over_udp(self, query: bytes) -> bytes | None:
        """Ask by datagrams; return the answer without its id, None if none comes."""
        tries = MOST_TRIES if math.isinf(self._patience_s) else TRIES
        return await self._channel.ask(query, min(AGAIN_S, self._patience_s / TRIES), tries)

    async def _over_tcp(self, query: bytes) -> bytes:
        """Ask over a connection (RFC 1035 section 4.2.2). Raises OSError and EOFError."""
        reader, writer = await asyncio.open_connection(*self._nameserver)
        try:
            identifier = os.urandom(2)
            writer.write((len(query) + 2).to_bytes(2) + identifier + query)
            octets = await reader.readexactly(int.from_bytes(await reader.readexactly(2)))
        finally:
            writer.close()
        return octets[2:] if octets[:2] == identifier else b""


class _Channel(asyncio.DatagramProtocol):
    """A socket that is connected with the nameserver. Several queries may be under way."""

    def __init__(self) -> None:
        self._waiting: dict[bytes, tuple[bytes, asyncio.Future[bytes | None], Callable[[], None]]] = {}
        self._transport: asyncio.DatagramTransport
        self._closed = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports do not derive from asyncio's classes, so isinstance() does not help.
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: object) -> None:
        """Take an answer; ignore what answers no question of ours, whatever id it has (RFC 5452 section 9.1)."""
        del addr
        query, answered, _ = self._waiting.get(data[:2], (b"", None, None))
        octets = data[2:]
        if answered is not None and octets[_HEADER_OCTETS : len(query)] == query[_HEADER_OCTETS:]:
            _settle(answered, octets)

    def error_received(self, exc: Exception) -> None:
        """Send the queries under way again: one did not get through, or the nameserver does not listen."""
        del exc
        for _, _, send in tuple(self._waiting.values()):
            send()

    async def ask(self, query: bytes, again_s: float, tries: int) -> bytes | None:
        """Send a query, again after some seconds, and return the answer, both without id; None if none comes.

        An answer to an earlier try counts too: a process that was stopped finds it behind the time to try again.
        """
        loop = asyncio.get_running_loop()
        while (identifier := os.urandom(2)) in self._waiting:
            pass
        answered: asyncio.Future[bytes | None] = loop.create_future()
        timer: asyncio.TimerHandle | None = None
        left = tries

        def send() -> None:
            nonlocal timer, left
            if timer is not None:
                timer.cancel()
            if left:
                left -= 1
                timer = loop.call_later(again_s, send)
                self._transport.sendto(identifier + query)
            else:
                _settle(answered, None)

        self._waiting[identifier] = query, answered, send
        try:
            send()
            return await answered
        finally:
            if timer is not None:
                timer.cancel()
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
def _read(octets: bytes) -> Answer | None:
    """Return what a response without its id says; None if the question must be asked again over a connection."""
    response = dns.message.from_wire(b"\0\0" + octets)
    if not isinstance(response, dns.message.QueryMessage) or not response.flags & dns.flags.QR:
        return None
    if response.flags & dns.flags.TC:
        return None
    if response.rcode() == dns.rcode.NXDOMAIN:
        return _absence(response)
    if response.rcode() != dns.rcode.NOERROR:
        return UNANSWERED
    found = response.resolve_chaining().answer
    return _absence(response) if found is None else Answer(tuple(map(str, found)), float(found.ttl))


def _absence(response: dns.message.Message) -> Answer:
    """Return that there are no records, for the negative TTL from the SOA record (RFC 2308 section 5)."""
    for rrset in response.authority:
        return Answer(ttl_s=float(min(rrset.ttl, rrset[0].minimum)))
    return Answer(ttl_s=0.0)
