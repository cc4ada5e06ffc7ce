"""Asks a resolver, by dnspython: over UDP, over TCP if the answer was cut off, and again where nothing came."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import lru_cache
from itertools import islice
from typing import Final

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
import dns.rcode
from tenacity import AsyncRetrying, RetryCallState, retry_if_result, stop_after_attempt, wait_exponential

from fake_gateways.verdict import Question
from probe.listed.answer import Came, Reply

TRIES: Final = 3
AGAIN_S: Final = 1.0
"""How long to wait before the second try, in seconds; twice as long before the third."""
ANSWER_S: Final = 5.0
"""How long one try may take, in seconds."""
MOST_RECORDS: Final = 100
"""What a stranger's nameserver answers beyond that is not looked at."""
_UNSURE: Final = {Came.FAILURE, Came.NOTHING, Came.CUT}

Exchange = Callable[[bytes, bool], Awaitable[bytes | None]]
"""Takes a query and whether it goes over TCP; returns the answer, None if nothing came."""
Sleep = Callable[[float], Awaitable[None]]


class Asker:
    """Asks questions through one resolver, again where nothing or no usable answer came.

    ``pause`` is awaited before each query, so that no list is asked too fast.
    """

    def __init__(self, exchange: Exchange, sleep: Sleep, pause: Callable[[], Awaitable[None]] | None = None) -> None:
        self._exchange = exchange
        self._pause = pause
        self._sleep = sleep
        self.queries = 0

    async def ask(self, question: Question) -> Reply:
        """Return what came for a question in the end."""
        retrying = AsyncRetrying(
            sleep=self._sleep,
            stop=stop_after_attempt(TRIES),
            wait=wait_exponential(AGAIN_S, min=AGAIN_S),
            retry=retry_if_result(_is_unsure),
            retry_error_callback=_as_it_was,
        )
        return await retrying(self._once, question)

    async def _once(self, question: Question) -> Reply:
        if self._pause is not None:
            await self._pause()
        try:
            query = _query(question)
        except dns.exception.DNSException:
            return Reply(Came.NO_NAME)  # no such name can exist
        self.queries += 1
        octets = await self._exchange(query, False)  # noqa: FBT003
        if octets is None:
            return Reply(Came.NOTHING)
        reply = read_reply(octets, query)
        if reply.came is not Came.CUT:
            return reply
        octets = await self._exchange(query, True)  # noqa: FBT003
        return reply if octets is None else read_reply(octets, query)


def _is_unsure(reply: Reply) -> bool:
    return reply.came in _UNSURE


def _as_it_was(state: RetryCallState) -> Reply:
    """Return the last reply where the tries are used up."""
    reply: Reply = state.outcome.result() if state.outcome is not None else Reply(Came.NOTHING)
    return reply


@lru_cache(maxsize=4096)
def _query(question: Question) -> bytes:
    """Return a query that wants to know what was validated (RFC 6840 section 5.7). Raises DNSException."""
    query = dns.message.make_query(f"{question.name}.", question.kind, use_edns=0, payload=1232, id=1)
    query.flags |= dns.flags.AD
    return query.to_wire()


@lru_cache(maxsize=4096)
def read_reply(octets: bytes, query: bytes) -> Reply:
    """Return what an answer says. What is no answer to the query is a failure."""
    asked = dns.message.from_wire(query)
    try:
        response = dns.message.from_wire(octets)
        if not isinstance(response, dns.message.QueryMessage) or not response.flags & dns.flags.QR:
            return Reply(Came.FAILURE)
        if response.question != asked.question:
            return Reply(Came.FAILURE)
        if response.flags & dns.flags.TC:
            return Reply(Came.CUT)
        if response.rcode() == dns.rcode.NXDOMAIN:
            return Reply(Came.NO_NAME)
        if response.rcode() != dns.rcode.NOERROR:
            return Reply(Came.FAILURE)
        found = response.resolve_chaining().answer
    except (dns.exception.DNSException, ValueError):
        return Reply(Came.FAILURE)
    if found is None:
        return Reply(Came.NO_DATA)
    return Reply(Came.RECORDS, tuple(map(str, islice(found, MOST_RECORDS))), bool(response.flags & dns.flags.AD))


def over_sockets(address: str, port: int, answer_s: float = ANSWER_S) -> Exchange:
    """Return an exchange with a resolver. The time is the event loop's, which nobody can set."""

    async def exchange(octets: bytes, over_tcp: bool) -> bytes | None:  # noqa: FBT001
        query = dns.message.from_wire(octets)
        query.id = dns.message.Message().id  # a random one: nobody can guess which answer is expected
        try:
            async with asyncio.timeout(answer_s):
                if over_tcp:
                    response = await dns.asyncquery.tcp(query, address, port=port)
                else:
                    response = await dns.asyncquery.udp(query, address, port=port, ignore_unexpected=True)
        except dns.exception.DNSException:
            return b""
        except (OSError, EOFError):
            return None
        response.id = 1
        return response.to_wire()

    return exchange
