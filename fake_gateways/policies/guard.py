"""Settings common to all policies: when and how often a policy is asked, and what happens instead of a refusal."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, time
from typing import Final

from fake_gateways.policies.policy import Instead, Observer, Policy, Settings
from fake_gateways.policies.session_view import Decision, SessionView
from fake_gateways.smtp.envelope import domain_of
from fake_gateways.truth import Fate
from fake_gateways.verdict import Divert, ExternalQuery, Refuse, Verdict

_FATE: Final[dict[Instead, Fate]] = {
    "junk": Fate.JUNK,
    "quarantine": Fate.QUARANTINED,
    "discard": Fate.DISCARDED,
    "bounce": Fate.BOUNCED_LATER,
}


class Guard:
    """Asks a policy about a share of the traffic, at certain times, and about some domains; otherwise no objection.

    The draw depends only on seed, session, transaction and recipient, so repeating it gives the same result.
    ``starts`` is the scenario's start, in seconds since the epoch.
    """

    def __init__(self, policy: Policy, settings: Settings, seed: str, starts: float) -> None:
        self.policy = policy
        self.domains = frozenset(settings.domains)
        self._share = settings.share
        self._between = settings.between
        self._since = starts + settings.since if settings.since else float("-inf")
        self._until = None if settings.until is None else starts + settings.until
        self._fate = None if settings.instead is None else _FATE[settings.instead]
        self._seed = seed

    def judge(self, view: SessionView) -> Verdict | ExternalQuery | None:
        """Ask the policy, if this case is in its times, its domains and its share.

        A message to several recipients is in its domains if one of them is.
        """
        if view.at < self._since or (self._until is not None and view.at >= self._until):
            return None
        if self._between is not None and not _within(view.at, *self._between):
            return None
        if self.domains:
            recipients = (view.recipient,) if view.recipient else view.envelope.recipients
            if self.domains.isdisjoint(map(domain_of, recipients)):
                return None
        draw = zlib.crc32(f"{self._seed}:{view.session}:{view.transaction}:{view.recipient}".encode())
        if draw >= self._share * 2**32:
            return None
        verdict = self.policy.judge(view)
        if self._fate is not None and isinstance(verdict, Refuse):
            return Divert(self._fate, verdict.cause, verdict.recipient or view.recipient or None, verdict)
        return verdict


class _ObserverOfDomains:
    """Passes on the decisions about recipients in some domains."""

    def __init__(self, observer: Observer, domains: frozenset[str]) -> None:
        self._observer = observer
        self._domains = domains

    def notice(self, view: SessionView, decision: Decision) -> None:
        """Pass a decision on if it is about one of the domains."""
        if domain_of(decision.recipient) in self._domains:
            self._observer.notice(view, decision)


def guards(settings: Settings) -> bool:
    """Whether the settings need a guard."""
    asked = (
        *(settings.share < 1.0, settings.between, settings.since),
        *(settings.until is not None, settings.instead, settings.domains),
    )
    return any(asked)


def observer_of(policy: Policy) -> Observer | None:
    """Return what of a policy learns from decisions, behind a guard or not; None if it does not."""
    bare = policy.policy if isinstance(policy, Guard) else policy
    if not isinstance(bare, Observer):
        return None
    return _ObserverOfDomains(bare, policy.domains) if isinstance(policy, Guard) and policy.domains else bare


def _within(at: float, begins: time, ends: time) -> bool:
    """Whether a moment lies between two times of day; the second may be past midnight."""
    now = datetime.fromtimestamp(at, UTC).time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
