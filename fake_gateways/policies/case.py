"""What a policy is shown when it is asked to judge, and what every policy is."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import ClassVar, Literal, NamedTuple, Protocol, Self, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fake_gateways.people.directory import Directory
from fake_gateways.smtp.envelope import Envelope, Stage, domain_of
from fake_gateways.truth import Cause, Fate
from fake_gateways.units import Duration, Share, TimeOfDay
from fake_gateways.verdict import Answer, Need, Question, Verdict


@dataclass(slots=True)
class Case:
    """The dialogue up to now. ``transaction`` counts within the session; ``at`` is in seconds since the epoch.

    ``connections`` counts the open connections of every client address, this one's among them. ``refused`` counts the
    commands of this session that a policy refused. ``talked_early`` says that the client spoke before it was greeted.
    ``fresh`` holds the answers fetched for the judgement in hand, which count even if they may not be kept;
    ``counted`` is where a policy remembers something of this session alone.
    """

    peer_address: str
    session: int
    directory: Directory
    lookup: Callable[[Question, float], Answer | None]
    connections: Counter[str] = field(default_factory=Counter)
    at: float = 0.0
    helo: str = ""
    secure: bool = False
    talked_early: bool = False
    refused: int = 0
    transaction: int = 0
    envelope: Envelope = field(default_factory=Envelope)
    recipient: str = ""
    content: bytes = b""
    fresh: dict[Need, Answer] = field(default_factory=dict)
    counted: dict[Policy, tuple[int, bool]] = field(default_factory=dict)

    def answer(self, need: Need) -> Answer | None:
        """Return what is known of a need, or None when the edge has to be asked."""
        found = self.fresh.get(need)
        return self.lookup(need, self.at) if found is None and isinstance(need, Question) else found

    @property
    def sender_domain(self) -> str:
        """The domain of the return-path."""
        return domain_of(self.envelope.return_path)


class Decision(NamedTuple):
    """What became of a recipient ("" before RCPT), as the truth has it."""

    recipient: str
    stage: Stage
    cause: Cause | None
    fate: Fate


class Policy(Protocol):
    """One behaviour with its memory. Called in the gateway's order at the stage it speaks at."""

    def judge(self, case: Case) -> Verdict | Need | None:
        """Return a verdict, a need to be met first (the policy is asked again), or None for no opinion."""
        ...


@runtime_checkable
class Observer(Protocol):
    """A policy that learns from what the gateway decided, whichever policy it was."""

    def notice(self, case: Case, decision: Decision) -> None:
        """Take note of a decision at the moment it is told."""
        ...


class Nature(BaseModel):
    """What must be known of a kind of policy: its causes, the stages it can speak at, and the one it usually does."""

    model_config = ConfigDict(frozen=True)

    causes: tuple[Cause, ...]
    stages: frozenset[Stage]
    usual: Stage


Instead = Literal["junk", "quarantine", "discard", "bounce"]


class Settings(BaseModel):
    """What a scenario says about any policy.

    ``at`` moves it to another stage than its persona's. It is asked for a ``share`` of what comes, only ``between`` two
    times of day (UTC; the second may be past midnight), such as ["08:00", "18:00"], and only ``from`` a time after the
    scenario's start ``until`` another. What it would refuse it refuses, unless it says what is done ``instead``: the
    message is then taken, and filed into junk or quarantine, discarded, or bounced later in a delivery report.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        # Whatever else a policy must know may be among its persona's numbers.
        json_schema_extra={"required": ["type"]},
    )

    nature: ClassVar[Nature]

    at: Stage | None = None
    share: Share = 1.0
    between: tuple[TimeOfDay, TimeOfDay] | None = None
    since: Duration = Field(default=0.0, alias="from")
    until: Duration | None = None
    instead: Instead | None = None

    @model_validator(mode="after")
    def _ends_after_it_begins(self) -> Self:
        if self.until is not None and self.until <= self.since:
            msg = "until is not later than from, so the policy would never be asked; correct one of them"
            raise ValueError(msg)
        return self

    @property
    def asked_at(self) -> frozenset[Stage]:
        """The stages it is asked at, where that is more than one."""
        return frozenset()

    @property
    def kind(self) -> str:
        """The name of the policy."""
        return str(self.type)  # type: ignore[attr-defined]  # every kind of settings has a type of its own

    def begin(self) -> Policy:
        """Return the policy with an empty memory."""
        raise NotImplementedError


@lru_cache(maxsize=4096)
def network_of(address: str, prefix: int = 24) -> str:
    """Return the neighbourhood a gateway counts an address by: its /24 or what is said, its /64 with IPv6."""
    ip = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((ip, prefix if ip.version == 4 else 64), strict=False))
