"""When and how often a policy is asked at all; common to every policy, so that none repeats it."""

from __future__ import annotations

import zlib
from datetime import UTC, datetime, time

from fake_gateways.policies.case import Case, Policy, Settings
from fake_gateways.verdict import Question, Verdict


class Guard:
    """Asks a policy for a share of what comes and between two times of day (UTC), and has no opinion otherwise.

    The lot is drawn by seed, session, transaction and recipient, so it falls the same however often it is drawn and
    whatever came before.
    """

    def __init__(self, policy: Policy, settings: Settings, seed: str) -> None:
        self._policy = policy
        self._share = settings.share
        self._between = settings.between
        self._seed = seed

    def judge(self, case: Case) -> Verdict | Question | None:
        """Ask the policy if this one is for it."""
        if self._between is not None and not _within(case.at, *self._between):
            return None
        lot = zlib.crc32(f"{self._seed}:{case.session}:{case.transaction}:{case.recipient}".encode())
        return self._policy.judge(case) if lot < self._share * 2**32 else None


def _within(at: float, begins: time, ends: time) -> bool:
    """Whether a moment lies between two times of day; the second may be past midnight."""
    now = datetime.fromtimestamp(at, UTC).time()
    return begins <= now < ends if begins <= ends else now >= begins or now < ends
