"""A gateway that does as a test says, before it asks its vendor's policies, and keeps the messages it takes."""

from __future__ import annotations

import ipaddress
from collections import Counter, deque
from dataclasses import dataclass, replace
from typing import Any, Final

from fake_gateways.clock import Clock
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.persona import Persona
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage, domain_of
from fake_gateways.units import PerTime
from fake_gateways.verdict import Refuse
from probe.testing.patterns import fits, holds
from probe.testing.recorded import Books

STARTS: Final = 1_772_438_400.0
"""Monday, 2 March 2026, 08:00 UTC: what the clock says when a test begins, so that no run differs from another."""
DOMAIN: Final = "company.example"


@dataclass(frozen=True)
class Rule:
    """What to refuse, at one stage: whatever meets every condition that is given.

    ``rate`` lets so many of them pass in a sliding window; ``attempts`` refuses the first so many and takes the rest,
    counted for each recipient (each list of recipients of a whole message; before RCPT each return-path or client).
    """

    verdict: Refuse
    stage: Stage
    recipient: str | None = None
    sender: str | None = None
    client: Network | None = None
    content: Any = None
    rate: PerTime | None = None
    attempts: int | None = None


class Told:
    """The rules in the order they were given. Each counts what it sees; the first that refuses is told."""

    def __init__(self) -> None:
        self._rules: list[_Counting] = []

    def add(self, rule: Rule) -> None:
        """Give one more rule."""
        self._rules.append(_Counting(rule))

    def judge(self, stage: Stage, view: SessionView) -> Refuse | None:
        """Ask every rule of a stage."""
        verdicts = [each.judge(view) for each in self._rules if each.rule.stage is stage]
        return next((verdict for verdict in verdicts if verdict is not None), None)


class _Counting:
    """A rule, and what it has seen."""

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self._seen: deque[float] = deque()
        self._tried: Counter[str] = Counter()

    def judge(self, view: SessionView) -> Refuse | None:
        rule = self.rule
        recipient = None
        if rule.recipient is not None:
            recipient = next((each for each in _recipients(view) if fits(rule.recipient, each)), None)
            if recipient is None:
                return None
        if rule.sender is not None and not fits(rule.sender, view.envelope.return_path):
            return None
        if rule.client is not None and ipaddress.ip_address(view.peer_address) not in rule.client:
            return None
        if rule.content is not None and not holds(view.content, rule.content):
            return None
        # Both count, whatever the other says.
        passes = (self._is_within_rate(view.at), self._is_late(view))
        return None if any(passes) else replace(rule.verdict, recipient=recipient)

    def _is_within_rate(self, at: float) -> bool:
        if self.rule.rate is None:
            return False
        most, window_s = self.rule.rate
        while self._seen and self._seen[0] <= at - window_s:
            self._seen.popleft()
        self._seen.append(at)
        return len(self._seen) <= most

    def _is_late(self, view: SessionView) -> bool:
        if self.rule.attempts is None:
            return False
        if self.rule.stage in BEFORE_MAIL:
            key = view.peer_address
        elif self.rule.stage is Stage.MAIL:
            key = view.envelope.return_path
        else:
            key = " ".join(_recipients(view))
        self._tried[key.lower()] += 1
        return self._tried[key.lower()] > self.rule.attempts


def _recipients(view: SessionView) -> list[str]:
    return [view.recipient] if view.recipient else view.envelope.recipients


class _AtStage:
    """The rules as a policy of one stage."""

    def __init__(self, told: Told, stage: Stage) -> None:
        self._told = told
        self._stage = stage

    def judge(self, view: SessionView) -> Refuse | None:
        return self._told.judge(self._stage, view)


class Everybody(Directory):
    """A directory in which an address is present unless something else was said of it, or of ``*@`` its domain."""

    def serves(self, address: str) -> bool:
        """Yes: whoever the mail is for, it came here."""
        del address
        return True

    def state(self, address: str, at: float) -> MailboxState:
        """Return what was said of an address, or of everybody in its domain."""
        del at
        said = self.states
        return said.get(address.lower()) or said.get(f"*@{domain_of(address)}") or MailboxState.PRESENT


class ToldGateway(Gateway):
    """A gateway with a persona's words, its directory, and a test's rules. It has no TLS to offer."""

    def __init__(self, told: Told, books: Books, persona: Persona, clock: Clock) -> None:
        clear = tuple(word for word in persona.keywords if word != "STARTTLS")
        super().__init__(
            name="gateway",
            host=persona.mx.format(label=DOMAIN.partition(".")[0]),
            persona=persona.model_copy(update={"keywords": clear}),
            directory=Everybody([DOMAIN]),
            policies=(DirectorySettings(),),
            claims={},
            lies=1.0,
            size_limit=persona.size_limit,
            clock=clock,
            starts=STARTS,
            seed="550",
            write=books.write,
            post=_keep_to_oneself,
        )
        self.policies = {stage: (("told", _AtStage(told, stage)), *named) for stage, named in self.policies.items()}
        self._observers = (*self._observers, books)


def _keep_to_oneself(report: DeliveryReport) -> None:
    """Send no report of a delivery, even to a client that asks for one: there is nobody to send it to."""
    del report
