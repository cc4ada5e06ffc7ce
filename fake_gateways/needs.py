"""Supplies what a dialogue needs before it can go on: answers from the DNS, a scanner's opinion, time."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.verdict import Answer, ExternalQuery, Question, Scan, Wait

Ask = Callable[[Question], Awaitable[Answer]]
Sleep = Callable[[float], Awaitable[None]]
ScannerCall = Callable[[Scan], Awaitable[Answer]]

UNANSWERED: Final = Answer(failed=True, ttl_s=0.0)


class GivenUpError(Exception):
    """The client does not wait that long."""


@dataclass(frozen=True)
class QueryHandler:
    """Knows whom to turn to. A scanner that nobody has set up does not answer.

    In virtual time the sender's timers do not run, so its patience, in seconds, is told here.
    """

    ask: Ask
    sleep: Sleep
    scanners: Mapping[str, ScannerCall] = field(default_factory=dict)
    patience_s: float = math.inf

    async def __call__(self, query: ExternalQuery) -> Answer:
        """Return what was needed; after a wait, an answer without records. Raises GivenUpError."""
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
