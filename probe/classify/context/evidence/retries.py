"""What the sender was told before the refusal, in the same campaign."""

from __future__ import annotations

from probe.classify.context.case import RefusalCase


def deferred_first(case: RefusalCase) -> float:
    """Return 1 if the recipient was deferred before it was refused.

    A greylist answers before the directory is consulted (postgrey source), and a rate limit can become a block
    (sisimai, Rhost/GoDaddy).
    """
    return 1.0 if case.refusal.deferred else 0.0


def deferred_for_sending(case: RefusalCase) -> float:
    """Return 1 if an earlier attempt was deferred with a text that blames the sender.

    Rate limits defer first (Cisco: 452 Too many recipients received this hour; sisimai, Rhost/Cisco).
    """
    return 1.0 if case.refusal.deferred_for_sending else 0.0
