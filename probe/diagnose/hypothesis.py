"""What may be true of a recipient that was refused: why, and whether the mailbox is alive."""

from __future__ import annotations

from functools import cache
from typing import Final, NamedTuple

from fake_gateways.truth import Cause, Fault

ALIVE: Final = "alive"
GONE: Final = "gone"
CAUSES: Final = tuple(cause for cause in Cause if cause is not Cause.UNKNOWN)
"""The causes that a diagnosis tells apart."""


def told_apart(cause: Cause) -> Cause:
    """Return a cause as far as it matters to a sender: in which way a mailbox is gone makes no difference."""
    return Cause.USER_UNKNOWN if cause.fault is Fault.RECIPIENT else cause


class Hypothesis(NamedTuple):
    """A cause of the refusal, and whether the mailbox is alive: mail to the gone may be refused for any reason."""

    cause: Cause
    alive: bool


@cache
def mattering(hypothesis: Hypothesis) -> Hypothesis:
    """Return a hypothesis as far as it matters to a sender."""
    return hypothesis._replace(cause=told_apart(hypothesis.cause))


def _sensible(cause: Cause, alive: bool) -> bool:  # noqa: FBT001
    if cause.fault is Fault.RECIPIENT:
        return not alive
    return alive or cause.fault is not Fault.MAILBOX


HYPOTHESES: Final = tuple(
    Hypothesis(cause, alive) for cause in CAUSES for alive in (True, False) if _sensible(cause, alive)
)
"""Every hypothesis. The recipient's own fault means that the mailbox is gone; a full mailbox is alive."""
