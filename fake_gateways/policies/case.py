"""What a policy is shown when it is asked to judge, and what every policy is."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import time
from functools import lru_cache
from typing import Protocol

from pydantic import BaseModel, ConfigDict

from fake_gateways.envelope import Envelope, Stage, domain_of
from fake_gateways.mailboxes import Directory
from fake_gateways.truth import Cause
from fake_gateways.units import Share
from fake_gateways.verdict import Answer, Question, Verdict


@dataclass(slots=True)
class Case:
    """The dialogue up to now. ``transaction`` counts within the session; ``at`` is in seconds since the epoch.

    ``fresh`` holds the answers fetched for the judgement in hand, which count even if they may not be kept;
    ``counted`` is where a policy remembers something of this session alone.
    """

    peer_address: str
    session: int
    directory: Directory
    lookup: Callable[[Question, float], Answer | None]
    at: float = 0.0
    helo: str = ""
    transaction: int = 0
    envelope: Envelope = field(default_factory=Envelope)
    recipient: str = ""
    content: bytes = b""
    fresh: dict[Question, Answer] = field(default_factory=dict)
    counted: dict[Policy, tuple[int, bool]] = field(default_factory=dict)

    def answer(self, question: Question) -> Answer | None:
        """Return a remembered answer, or None when the edge has to be asked."""
        return self.fresh.get(question) or self.lookup(question, self.at)

    @property
    def sender_domain(self) -> str:
        """The domain of the return-path."""
        return domain_of(self.envelope.return_path)


class Policy(Protocol):
    """One behaviour with its memory. Called in the gateway's order at the stage it speaks at."""

    def judge(self, case: Case) -> Verdict | Question | None:
        """Return a verdict, a question to be answered first, or None for no opinion."""
        ...


class Settings(BaseModel):
    """What a scenario says about any policy.

    ``at`` moves it to another stage than its persona's. It is asked for a ``share`` of what comes, and only
    ``between`` two times of day (UTC; the second may be past midnight), such as ["08:00", "18:00"].
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    at: Stage | None = None
    share: Share = 1.0
    between: tuple[time, time] | None = None


class Nature(BaseModel):
    """What the scenario check must know of a policy: the causes it refuses for and the stages it can speak at."""

    model_config = ConfigDict(frozen=True)

    causes: tuple[Cause, ...]
    stages: frozenset[Stage]


@lru_cache(maxsize=4096)
def network_of(address: str, prefix: int = 24) -> str:
    """Return the neighbourhood a gateway counts an address by: its /24 or what is said, its /64 with IPv6."""
    ip = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((ip, prefix if ip.version == 4 else 64), strict=False))
