"""What was heard before the refusal, in the same campaign."""

from __future__ import annotations

from probe.classify.context.case import Case
from probe.classify.context.words import words_of
from probe.records.attempt import Attempt, Outcome


def deferred_first(case: Case) -> float:
    """Say 1 where the recipient was deferred before it was refused.

    A greylist is passed on the way to the directory (gateways.md 3.1), and a limit turns into a block (3.3).
    """
    return 1.0 if any(each.outcome == Outcome.DEFERRED for each in _earlier(case)) else 0.0


def warned_of_sending(case: Case) -> float:
    """Say 1 where an earlier attempt was deferred in words about list, speed or content (gateways.md 3.3)."""
    spoken = (each for each in _earlier(case) if each.outcome == Outcome.DEFERRED)
    return 1.0 if any(words_of(each).of_sending for each in spoken) else 0.0


def _earlier(case: Case) -> list[Attempt]:
    return [each for each in case.evidence.attempts if each.at < case.attempt.at]
