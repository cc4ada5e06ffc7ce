"""Supplies what a dialogue needs before it can go on: answers from the DNS, a scanner's opinion, time."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.verdict import Answer, Need, Question, Scan, Wait

Ask = Callable[[Question], Awaitable[Answer]]
Sleep = Callable[[float], Awaitable[None]]
ScannerCall = Callable[[Scan], Awaitable[Answer]]

UNANSWERED: Final = Answer(failed=True, ttl_s=0.0)


@dataclass(frozen=True)
class Supply:
    """Knows whom to turn to. A scanner that nobody has set up does not answer."""

    ask: Ask
    sleep: Sleep
    scanners: Mapping[str, ScannerCall] = field(default_factory=dict)

    async def __call__(self, need: Need) -> Answer:
        """Return what was needed; after a wait, an answer without records."""
        match need:
            case Question():
                return await self.ask(need)
            case Wait():
                await self.sleep(need.seconds)
                return Answer()
            case Scan():
                scan = self.scanners.get(need.scanner)
                return UNANSWERED if scan is None else await scan(need)
