"""Answers the external queries of a session: DNS questions, content scans, and waits."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from fake_gateways.verdict import UNANSWERED, Answer, ExternalQuery, Question, Scan, Wait

Ask = Callable[[Question], Awaitable[Answer]]
Sleep = Callable[[float], Awaitable[None]]
ScannerCall = Callable[[Scan], Awaitable[Answer]]


class GivenUpError(Exception):
    """The client stopped waiting for a reply."""


@dataclass(frozen=True)
class QueryHandler:
    """Answers each query by the resolver, the clock or a scanner. A scanner that is not configured does not answer.

    In simulated time the client has no timeouts. ``patience_s`` replaces them: how long it waits for a reply.
    """

    ask: Ask
    sleep: Sleep
    scanners: Mapping[str, ScannerCall] = field(default_factory=dict)
    patience_s: float = math.inf

    async def __call__(self, query: ExternalQuery) -> Answer:
        """Return the answer; for a wait, an empty one after the time has passed. Raises GivenUpError."""
        match query:
            case Question():
                return await self.ask(query)
            case Wait():
                await self.sleep(min(query.seconds, self.patience_s))
                if query.seconds > self.patience_s:
                    raise GivenUpError
                return Answer()
            case Scan():
                scan = self.scanners.get(query.scanner)
                return UNANSWERED if scan is None else await scan(query)
