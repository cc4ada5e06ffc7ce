"""What the sender was told before the refusal, in the same campaign."""

from __future__ import annotations

from probe.classify.context.case import RefusalCase
from probe.classify.context.words import topics_of
from probe.records.attempt import Attempt, Outcome


def deferred_first(case: RefusalCase) -> float:
    """Return 1 if the recipient was deferred before it was refused.

    A greylist answers before the directory is consulted (postgrey source), and a rate limit can become a block
    (sisimai, Rhost/GoDaddy).
    """
    return 1.0 if any(each.outcome == Outcome.DEFERRED for each in _earlier(case)) else 0.0


def deferred_for_sending(case: RefusalCase) -> float:
    """Return 1 if an earlier attempt was deferred with a text that blames the sender.

    Rate limits defer first (Cisco: 452 Too many recipients received this hour; sisimai, Rhost/Cisco).
    """
    deferrals = (each for each in _earlier(case) if each.outcome == Outcome.DEFERRED)
    return 1.0 if any(topics_of(each).blames_sender for each in deferrals) else 0.0


def _earlier(case: RefusalCase) -> list[Attempt]:
    return [each for each in case.evidence.attempts if each.at < case.attempt.at]
