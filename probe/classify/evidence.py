"""What a classifier is shown, and what it may answer. The truth is no part of either, by type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from fake_gateways.truth import Cause, Remedy
from probe.attempt import Attempt, Outcome


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sender knows of a recipient: its attempts in order, the last one deciding."""

    recipient: str
    attempts: tuple[Attempt, ...]

    @property
    def last(self) -> Attempt:
        """The attempt that ended it."""
        return self.attempts[-1]

    @property
    def bounced(self) -> bool:
        """Whether mail did not arrive in the end, as far as the sender heard."""
        return self.last.outcome != Outcome.DELIVERED


@dataclass(frozen=True, slots=True)
class Reading:
    """A classifier's word: the cause it sees (None: no bounce, or no idea), how sure it is, and why."""

    cause: Cause | None
    confidence: float = 1.0
    reason: str = ""

    @property
    def suppress(self) -> bool:
        """Whether the address should never be mailed again."""
        return self.cause is not None and self.cause.remedy is Remedy.SUPPRESS


class Classifier(Protocol):
    """Reads one recipient's evidence."""

    def classify(self, evidence: Evidence) -> Reading:
        """Say what happened."""
        ...
