"""The gateway behind the ``gateway`` fixture: it applies a test's rules before its own policies."""

from __future__ import annotations

import ipaddress
from collections import Counter
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
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.auth import Login
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage, domain_of
from fake_gateways.units import PerTime
from fake_gateways.verdict import Refuse
from probe.testing.patterns import contains, matches
from probe.testing.recorded import GatewayRecord

STARTS: Final = 1_772_438_400.0
"""Start of the gateway's clock: Monday, 2 March 2026, 08:00 UTC. It is fixed so that every run is the same."""
DOMAIN: Final = "company.example"


@dataclass(frozen=True)
class RefusalRule:
    """Refuses, at one stage, everything that meets all the given conditions.

    ``rate`` accepts as many as fit in a sliding window and refuses the others. ``attempts`` refuses the first attempts
    and accepts later ones. Attempts are counted per recipient; for a whole message per list of recipients, at MAIL per
    return-path, before MAIL per client address.
    """

    verdict: Refuse
    stage: Stage
    recipient: str | None = None
    sender: str | None = None
    client: Network | None = None
    content: Any = None
    rate: PerTime | None = None
    attempts: int | None = None


class RefusalRules:
    """A test's rules in the order they were added. Every rule counts; the first that refuses decides the reply."""

    def __init__(self) -> None:
        self._rules: list[_RuleCounter] = []

    def add(self, rule: RefusalRule) -> None:
        """Add a rule."""
        self._rules.append(_RuleCounter(rule))

    def judge(self, stage: Stage, view: SessionView) -> Refuse | None:
        """Return the verdict of the first rule of a stage that refuses, None if no rule refuses."""
        verdicts = [each.judge(view) for each in self._rules if each.rule.stage is stage]
        return next((verdict for verdict in verdicts if verdict is not None), None)


class _RuleCounter:
    """A rule with the events and attempts that it has counted."""

    def __init__(self, rule: RefusalRule) -> None:
        self.rule = rule
        self._window = None if rule.rate is None else SlidingWindow(rule.rate)
        self._tried: Counter[str] = Counter()

    def judge(self, view: SessionView) -> Refuse | None:
        rule = self.rule
        recipient = None
        if rule.recipient is not None:
            recipient = next((each for each in _recipients(view) if matches(rule.recipient, each)), None)
            if recipient is None:
                return None
        if rule.sender is not None and not matches(rule.sender, view.envelope.return_path):
            return None
        if rule.client is not None and ipaddress.ip_address(view.peer_address) not in rule.client:
            return None
        if rule.content is not None and not contains(view.content, rule.content):
            return None
        # Both must count, so neither may be skipped because of the other's result.
        passes = (self._is_within_rate(view.at), self._is_later_attempt(view))
        return None if any(passes) else replace(rule.verdict, recipient=recipient)

    def _is_within_rate(self, at: float) -> bool:
        if self._window is None:
            return False
        self._window.add(at)
        return not self._window.exceeded(at)

    def _is_later_attempt(self, view: SessionView) -> bool:
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


class _StagePolicy:
    """The rules of one stage, as a policy."""

    def __init__(self, rules: RefusalRules, stage: Stage) -> None:
        self._rules = rules
        self._stage = stage

    def judge(self, view: SessionView) -> Refuse | None:
        return self._rules.judge(self._stage, view)


class OpenDirectory(Directory):
    """A directory in which every address exists, unless a test set its state or that of ``*@domain``."""

    def serves(self, address: str) -> bool:
        """Return True: the gateway accepts mail for every domain."""
        del address
        return True

    def state(self, address: str, at: float) -> MailboxState:
        """Return the state set for an address, else the one set for its domain, else PRESENT."""
        del at
        states = self.states
        return states.get(address.lower()) or states.get(f"*@{domain_of(address)}") or MailboxState.PRESENT


class RuleGateway(Gateway):
    """A gateway with a persona's replies, an open directory and a test's rules. It offers STARTTLS and AUTH."""

    def __init__(
        self, rules: RefusalRules, record: GatewayRecord, persona: Persona, clock: Clock, login: Login
    ) -> None:
        keywords = tuple(dict.fromkeys((*persona.keywords, "STARTTLS")))
        super().__init__(
            name="gateway",
            host=persona.mx.format(label=DOMAIN.partition(".")[0]),
            persona=persona.model_copy(update={"keywords": keywords}),
            directory=OpenDirectory([DOMAIN]),
            policies=(DirectorySettings(),),
            claims={},
            lies=1.0,
            size_limit=persona.size_limit,
            clock=clock,
            starts=STARTS,
            seed="550",
            write=record.write,
            post=_discard,
            login=login,
        )
        self.policies = {
            stage: (("told", _StagePolicy(rules, stage)), *named) for stage, named in self.policies.items()
        }
        self._observers = (*self._observers, record)


def _discard(report: DeliveryReport) -> None:
    """Send no delivery report, even if the client asks for one (RFC 3461): a test has no mailbox for it."""
    del report
