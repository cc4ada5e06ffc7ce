"""What a classifier may answer, and the two shapes of classifier."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Final, Protocol

from fake_gateways.truth import Cause, Remedy
from probe.classify.evidence import Evidence
from probe.records.attempt import Failure


class Advice(StrEnum):
    """What to do about an address."""

    SUPPRESS = "suppress"
    KEEP = "keep"
    RETEST = "retest"
    """Worth one more attempt, a different one; kept until then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A classifier's word on one recipient of one campaign.

    ``cause`` is the cause it sees (None: no bounce, or no idea). ``alive`` is the probability, 0 to 1, that somebody
    reads the mailbox, None where the classifier gives none. ``wish`` is the advice of those who do not leave it
    to the cause's remedy. ``place`` is where the rule stands that decided, as ``FILE:LINE``, where there is one.
    """

    cause: Cause | None
    reason: str = ""
    alive: float | None = None
    wish: Advice | None = None
    place: str = ""

    @property
    def advice(self) -> Advice:
        """What to do about the address."""
        if self.wish is not None:
            return self.wish
        suppress = self.cause is not None and self.cause.remedy is Remedy.SUPPRESS
        return Advice.SUPPRESS if suppress else Advice.KEEP

    @property
    def suppress(self) -> bool:
        """Whether the address should never be mailed again."""
        return self.advice is Advice.SUPPRESS


class RecipientClassifier(Protocol):
    """Reads one recipient's evidence at a time."""

    def classify(self, evidence: Evidence) -> Reading:
        """Say what happened."""
        ...


class CampaignClassifier(Protocol):
    """Reads all recipients of a campaign together."""

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> Mapping[str, Reading]:
        """Say what happened to each recipient, by its address as it stands in ``campaign``."""
        ...


Classifier = RecipientClassifier | CampaignClassifier


@dataclass(frozen=True)
class ChosenClassifier:
    """A classifier under the name its scores go by. ``open`` makes it ready; leaving the context closes it."""

    name: str
    open: Callable[[], AbstractContextManager[Classifier]]


class ClassifierError(Exception):
    """A classifier failed, or did not answer as it must: exit code 4."""


_NAMED: Final = 5
"""Recipients that a complaint names."""


def first_few(recipients: Collection[str]) -> str:
    """Return recipients for a complaint: the first by name, the others by their number."""
    more = f" and {len(recipients) - _NAMED:,} more" if len(recipients) > _NAMED else ""
    return ", ".join(islice(recipients, _NAMED)) + more


_LONGEST: Final = 300
"""Characters of somebody else's words that a complaint holds."""


def on_one_line(words: object) -> str:
    """Return the words of an error that is not ours, as a complaint of one line may hold them."""
    return " ".join(str(words).split())[:_LONGEST]


def without_reply(evidence: Evidence) -> Reading | None:
    """Return the reading where there are no words to be read: delivered, or no reply at all."""
    if not evidence.bounced:
        return Reading(None, "delivered")
    last = evidence.last
    if last.code is None and evidence.report is None:
        cause = Cause.BAD_DOMAIN if last.failure == Failure.NO_ROUTE else Cause.NETWORK
        return Reading(cause, f"no reply: {last.failure}")
    return None


def without_refusal(evidence: Evidence) -> Reading | None:
    """Return the reading where there is no refusal to be read: no words, or a temporary reply."""
    settled = without_reply(evidence)
    code, _, _ = evidence.heard
    if settled is None and code is not None and code < 500:
        return Reading(Cause.SYSTEM, f"{code} is temporary")
    return settled
