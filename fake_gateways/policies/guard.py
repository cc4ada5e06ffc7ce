"""Settings common to all policies: when and how often a policy is asked, and what happens instead of a refusal."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, time
from typing import Final

from fake_gateways.policies.policy import Instead, Policy, Settings
from fake_gateways.policies.session_view import SessionView
from fake_gateways.truth import Fate
from fake_gateways.verdict import Divert, ExternalQuery, Refuse, Verdict

_FATE: Final[dict[Instead, Fate]] = {
    "junk": Fate.JUNK,
    "quarantine": Fate.QUARANTINED,
    "discard": Fate.DISCARDED,
    "bounce": Fate.BOUNCED_LATER,
}


class Guard:
    """Asks a policy about a share of the traffic and at certain times; otherwise it has no objection.

    The draw depends only on seed, session, transaction and recipient, so repeating it gives the same result.
    ``starts`` is the scenario's start, in seconds since the epoch.
    """

    def __init__(self, policy: Policy, settings: Settings, seed: str, starts: float) -> None:
        self.policy = policy
        self._share = settings.share
        self._between = settings.between
        self._since = starts + settings.since if settings.since else float("-inf")
        self._until = None if settings.until is None else starts + settings.until
        self._fate = None if settings.instead is None else _FATE[settings.instead]
        self._seed = seed

    def judge(self, view: SessionView) -> Verdict | ExternalQuery | None:
        """Ask the policy, if this case is in its times and its share."""
        if view.at < self._since or (self._until is not None and view.at >= self._until):
            return None
        if self._between is not None and not _within(view.at, *self._between):
            return None
        draw = zlib.crc32(f"{self._seed}:{view.session}:{view.transaction}:{view.recipient}".encode())
        if draw >= self._share * 2**32:
            return None
        verdict = self.policy.judge(view)
        if self._fate is not None and isinstance(verdict, Refuse):
            return Divert(self._fate, verdict.cause, verdict.recipient or view.recipient or None)
        return verdict


def guards(settings: Settings) -> bool:
    """Whether the settings need a guard."""
    asked = (settings.share < 1.0, settings.between, settings.since, settings.until is not None, settings.instead)
    return any(asked)


def _within(at: float, begins: time, ends: time) -> bool:
    """Whether a moment lies between two times of day; the second may be past midnight."""
    now = datetime.fromtimestamp(at, UTC).time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
