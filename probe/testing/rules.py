"""The gateway behind the ``gateway`` fixture: it applies a test's rules before its own policies."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final

from fake_gateways.clock import Clock
from fake_gateways.gateway import Gateway
from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.persona import Persona
from fake_gateways.policies.directory import DirectorySettings
from fake_gateways.policies.session_view import SessionView, network_of
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.auth import Login
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage, domain_of
from fake_gateways.smtp.lmtp import REQUIRED_KEYWORDS
from fake_gateways.units import PerTime
from fake_gateways.verdict import Disconnect, Refuse, Wait
from probe.testing.patterns import contains, matches_any
from probe.testing.recorded import GatewayRecord

STARTS: Final = 1_772_438_400.0
"""Start of the gateway's clock: Monday, 2 March 2026, 08:00 UTC. It is fixed so that every run is the same."""
DOMAIN: Final = "company.example"


@dataclass(frozen=True, slots=True)
class RealWait(Wait):
    """A wait in real time; for ever if it is infinite."""


Outcome = Refuse | Disconnect | RealWait
"""What a rule has the gateway do: refuse, close the connection without a reply, or wait before it replies."""


@dataclass(frozen=True)
class Conditions:
    """When a rule applies: at one stage, if all the given conditions hold.

    ``rate`` accepts as many as fit in a sliding window. ``attempts`` is how many of the first attempts the rule is for:
    they are counted per recipient; for a whole message per list of recipients, at MAIL per return-path, before MAIL per
    client address. ``wait_s`` is how long after the first attempt the rule still applies, for each network of clients,
    return-path and recipient.
    """

    stage: Stage
    recipients: tuple[str, ...] | None = None
    senders: tuple[str, ...] | None = None
    client: Network | None = None
    content: Any = None
    rate: PerTime | None = None
    attempts: int | None = None
    wait_s: float | None = None


class GatewayRule:
    """A rule that a test gave a gateway, until ``lift``. It counts what it applied to."""

    def __init__(
        self, told: str, conditions: Conditions, outcome: Outcome, *, optional: bool, elapsed: Callable[[], float]
    ) -> None:
        self.told = told
        self.conditions = conditions
        self.is_lifted = False
        self.is_missed = not optional
        self._outcome = outcome
        self._elapsed = elapsed
        self._window = None if conditions.rate is None else SlidingWindow(conditions.rate)
        self._tried: Counter[str] = Counter()
        self._first: dict[str, tuple[float, float]] = {}

    def __repr__(self) -> str:
        return f"<rule {self.told}{', lifted' if self.is_lifted else ''}>"

    def lift(self) -> None:
        """Take the rule back: from now on the gateway decides as if it had never been given."""
        self.is_lifted = True

    def judge(self, view: SessionView) -> Outcome | None:
        """Return what to do, None if the rule does not apply."""
        conditions = self.conditions
        recipient = None
        if conditions.recipients is not None:
            recipient = next((each for each in _recipients(view) if matches_any(conditions.recipients, each)), None)
            if recipient is None:
                return None
        if conditions.senders is not None and not matches_any(conditions.senders, view.envelope.return_path):
            return None
        if conditions.client is not None and ipaddress.ip_address(view.peer_address) not in conditions.client:
            return None
        if conditions.content is not None and not contains(view.content, conditions.content):
            return None
        self.is_missed = False
        # All must count, so none may be skipped because of another's result.
        passes = (self._is_within_rate(view.at), self._is_later_attempt(view), self._has_waited(view))
        if any(passes):
            return None
        return replace(self._outcome, recipient=recipient) if isinstance(self._outcome, Refuse) else self._outcome

    def _is_within_rate(self, at: float) -> bool:
        if self._window is None:
            return False
        self._window.add(at)
        return not self._window.exceeded(at)

    def _is_later_attempt(self, view: SessionView) -> bool:
        if self.conditions.attempts is None:
            return False
        if self.conditions.stage in BEFORE_MAIL:
            key = view.peer_address
        elif self.conditions.stage is Stage.MAIL:
            key = view.envelope.return_path
        else:
            key = " ".join(_recipients(view))
        self._tried[key.lower()] += 1
        return self._tried[key.lower()] > self.conditions.attempts

    def _has_waited(self, view: SessionView) -> bool:
        if self.conditions.wait_s is None:
            return False
        key = " ".join([network_of(view.peer_address), view.envelope.return_path, *_recipients(view)]).lower()
        now = view.at, self._elapsed()
        first = self._first.setdefault(key, now)
        return now[0] - first[0] + now[1] - first[1] >= self.conditions.wait_s


class GatewayRules:
    """A test's rules in the order they were added. Every rule counts; the first that refuses decides the reply.

    ``elapsed`` returns real seconds since any fixed moment.
    """

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._rules: list[GatewayRule] = []

    def add(self, told: str, conditions: Conditions, outcome: Outcome, *, optional: bool = False) -> GatewayRule:
        """Add a rule, given by a test as ``told``."""
        rule = GatewayRule(told, conditions, outcome, optional=optional, elapsed=self._elapsed)
        self._rules.append(rule)
        return rule

    @property
    def missed(self) -> list[GatewayRule]:
        """The rules that never applied although they had to."""
        return [rule for rule in self._rules if rule.is_missed]

    def judge(self, stage: Stage, view: SessionView) -> tuple[float, Refuse | Disconnect | None]:
        """Return how many real seconds to wait, and what the first rule of a stage that refuses does then."""
        rules = [rule for rule in self._rules if rule.conditions.stage is stage and not rule.is_lifted]
        outcomes = [rule.judge(view) for rule in rules]
        wait_s = sum(outcome.seconds for outcome in outcomes if isinstance(outcome, RealWait))
        return wait_s, next((each for each in outcomes if isinstance(each, Refuse | Disconnect)), None)


def _recipients(view: SessionView) -> list[str]:
    return [view.recipient] if view.recipient else view.envelope.recipients


class _StagePolicy:
    """The rules of one stage, as a policy. It is asked again once a wait is over."""

    def __init__(self, rules: GatewayRules, stage: Stage) -> None:
        self._rules = rules
        self._stage = stage
        self._after: dict[int, Refuse | Disconnect | None] = {}

    def judge(self, view: SessionView) -> Outcome | None:
        if view.session in self._after:
            return self._after.pop(view.session)
        wait_s, verdict = self._rules.judge(self._stage, view)
        if not wait_s:
            return verdict
        self._after[view.session] = verdict
        return RealWait(wait_s)


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
        self, rules: GatewayRules, record: GatewayRecord, persona: Persona, clock: Clock, login: Login, *, lmtp: bool
    ) -> None:
        keywords = tuple(dict.fromkeys((*persona.keywords, "STARTTLS", *(REQUIRED_KEYWORDS if lmtp else ()))))
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
            lmtp=lmtp,
        )
        self.policies = {
            stage: (("told", _StagePolicy(rules, stage)), *named) for stage, named in self.policies.items()
        }
        self._observers = (*self._observers, record)


def _discard(report: DeliveryReport) -> None:
    """Send no delivery report, even if the client asks for one (RFC 3461): a test has no mailbox for it."""
    del report
