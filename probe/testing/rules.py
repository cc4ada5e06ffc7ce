"""The rules that a test gives its gateway: when each applies, and what the gateway does then."""

from __future__ import annotations

import ipaddress
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from fake_gateways.loopback import Network
from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.policies.session_view import SessionView, network_of
from fake_gateways.sliding_window import SlidingWindow
from fake_gateways.smtp.envelope import BEFORE_MAIL, Stage, domain_of
from fake_gateways.units import PerTime
from fake_gateways.verdict import Disconnect, Refuse, Wait
from probe.testing.patterns import contains, matches_any


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
    """A rule that a test gave a gateway by the call ``told``, until ``lift``."""

    def __init__(self, told: str) -> None:
        self.told = told
        self.is_lifted = False

    def __repr__(self) -> str:
        return f"<rule {self.told}{', lifted' if self.is_lifted else ''}>"

    def lift(self) -> None:
        """Take the rule back: from now on the gateway decides as if it had never been given."""
        self.is_lifted = True


class StageRule(GatewayRule):
    """A rule for a stage of the dialogue. It counts what it applied to."""

    def __init__(
        self, told: str, conditions: Conditions, outcome: Outcome, *, optional: bool, elapsed: Callable[[], float]
    ) -> None:
        super().__init__(told)
        self.conditions = conditions
        self.is_missed = not optional
        self._outcome = outcome
        self._elapsed = elapsed
        self._window = None if conditions.rate is None else SlidingWindow(conditions.rate)
        self._tried: Counter[str] = Counter()
        self._first: dict[str, tuple[float, float]] = {}

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
        self._rules: list[StageRule] = []

    def add(self, told: str, conditions: Conditions, outcome: Outcome, *, optional: bool = False) -> StageRule:
        """Add a rule, given by a test as ``told``."""
        rule = StageRule(told, conditions, outcome, optional=optional, elapsed=self._elapsed)
        self._rules.append(rule)
        return rule

    @property
    def missed(self) -> list[StageRule]:
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


class StageRules:
    """The rules of one stage, as a policy. It is asked again once a wait is over."""

    def __init__(self, rules: GatewayRules, stage: Stage) -> None:
        self._rules = rules
        self._stage = stage
        self._after: dict[int, Refuse | Disconnect | None] = {}

    def judge(self, view: SessionView) -> Outcome | None:
        """Return what the rules have the gateway do, None if no rule applies."""
        if view.session in self._after:
            return self._after.pop(view.session)
        wait_s, verdict = self._rules.judge(self._stage, view)
        if not wait_s:
            return verdict
        self._after[view.session] = verdict
        return RealWait(wait_s)


@dataclass
class ToldDirectory(Directory):
    """A directory in which a test sets states, of addresses or of ``*@domain``.

    ``behind`` knows all others. Without it, the directory is of every domain, and every mailbox is present.
    """

    behind: Directory | None = None

    @classmethod
    def before(cls, behind: Directory) -> ToldDirectory:
        """Return a directory that asks another about what the test did not set."""
        return cls(
            behind.domains, catch_all=behind.catch_all, made_at=behind.made_at, left_at=behind.left_at, behind=behind
        )

    def serves(self, address: str) -> bool:
        """Whether the address is in one of the directory's domains."""
        return self.behind is None or self.behind.serves(address)

    def state(self, address: str, at: float) -> MailboxState:
        """Return the state set for an address, else the one set for its domain, else that of ``behind``."""
        told = self.states.get(address.lower()) or self.states.get(f"*@{domain_of(address)}")
        if told is not None:
            return told
        return MailboxState.PRESENT if self.behind is None else self.behind.state(address, at)
