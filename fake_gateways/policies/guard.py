"""When and how often a policy is asked at all, and what is done in place of refusing; common to every policy."""

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
    """Asks a policy for a share of what comes and at its times, and has no opinion otherwise.

    The lot is drawn by seed, session, transaction and recipient, so it falls the same however often it is drawn and
    whatever came before. ``starts`` is the scenario's start, in seconds since the epoch.
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
        """Ask the policy if this one is for it."""
        if view.at < self._since or (self._until is not None and view.at >= self._until):
            return None
        if self._between is not None and not _within(view.at, *self._between):
            return None
        lot = zlib.crc32(f"{self._seed}:{view.session}:{view.transaction}:{view.recipient}".encode())
        if lot >= self._share * 2**32:
            return None
        verdict = self.policy.judge(view)
        if self._fate is not None and isinstance(verdict, Refuse):
            return Divert(self._fate, verdict.cause, verdict.recipient or view.recipient or None)
        return verdict


def guards(settings: Settings) -> bool:
    """Whether the settings ask for a guard at all."""
    asked = (settings.share < 1.0, settings.between, settings.since, settings.until is not None, settings.instead)
    return any(asked)


def _within(at: float, begins: time, ends: time) -> bool:
    """Whether a moment lies between two times of day; the second may be past midnight."""
    now = datetime.fromtimestamp(at, UTC).time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
