"""What a classifier answers, and the kinds of classifier."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import Any, Final, Protocol, TypeGuard, TypeVar

from fake_gateways.truth import Cause, Remedy
from probe.classify.evidence import Evidence
from probe.input_error import ToldError
from probe.records.attempt import Failure


class Advice(StrEnum):
    """What to do about an address."""

    SUPPRESS = "suppress"
    KEEP = "keep"
    RETEST = "retest"
    """Send one more, different message before you decide; keep the address until then."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a classifier says about one recipient of one campaign.

    Attributes:
        cause: Why the mail bounced, None for no bounce or if the classifier does not know.
        reason: An explanation for people.
        alive: The probability, 0 to 1, that a person reads the mailbox; None if the classifier gives none.
        wish: The advice, None to let it follow from the remedy for the cause.
        place: The place of the rule that decided, as ``FILE:LINE``, empty without rules.
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
    """A classifier that reads one recipient at a time."""

    def classify(self, evidence: Evidence) -> Reading:
        """Return a reading of one recipient."""
        ...


class CampaignClassifier(Protocol):
    """A classifier that reads all recipients of a campaign together."""

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> Mapping[str, Reading]:
        """Return a reading for each recipient, with the keys of ``campaign``."""
        ...


Observed = TypeVar("Observed")


class TwoPassClassifier(Protocol[Observed]):
    """A classifier that first looks at all recipients of a campaign, part by part, and then reads one at a time.

    A part holds all attempts at one mail exchanger or none. What was observed is passed between processes (pickled),
    and the order of the parts must not matter.
    """

    def observe(self, evidence: Iterable[Evidence]) -> Observed:
        """Return what a part of a campaign shows, without the evidence itself."""
        ...

    def reader(self, observed: Iterable[Observed]) -> RecipientClassifier:
        """Return a classifier that reads one recipient at a time, by what all parts together show."""
        ...


class StreamClassifier(Protocol):
    """A classifier that reads a campaign as a stream: programs and HTTP endpoints."""

    def classify_stream(self, evidence: Iterable[Evidence]) -> Iterator[tuple[str, Reading]]:
        """Yield every recipient with its reading, in any order. Evidence that can be read again may be read again."""
        ...


Classifier = RecipientClassifier | CampaignClassifier | TwoPassClassifier[Any] | StreamClassifier
"""What has methods of several kinds is used as a two-pass classifier first, then by stream, then by campaign."""


def is_two_pass_classifier(classifier: Classifier) -> TypeGuard[TwoPassClassifier[Any]]:
    """Whether a classifier is to be used in two passes."""
    return hasattr(classifier, "observe") and hasattr(classifier, "reader")


def is_stream_classifier(classifier: Classifier) -> TypeGuard[StreamClassifier]:
    """Whether a classifier is to be used by stream."""
    return hasattr(classifier, "classify_stream")


def is_recipient_classifier(classifier: Classifier) -> TypeGuard[RecipientClassifier]:
    """Whether a classifier needs to know nothing but the recipient that it reads."""
    together = is_two_pass_classifier(classifier) or is_stream_classifier(classifier)
    return not together and not hasattr(classifier, "classify_campaign")


@dataclass(frozen=True)
class ChosenClassifier:
    """A classifier and the name of its scores. ``open`` starts it; leaving the context closes it.

    ``notes`` are sentences about its files that the user should know. ``again`` chooses it again in another process;
    without it, it stays in this one.
    """

    name: str
    open: Callable[[], AbstractContextManager[Classifier]]
    notes: tuple[str, ...] = ()
    again: Callable[[], ChosenClassifier] | None = None

    def __reduce__(self) -> tuple[Callable[[], ChosenClassifier], tuple[()]]:
        if self.again is None:
            msg = f"classifier {self.name} cannot be passed to another process"
            raise TypeError(msg)
        return self.again, ()


class ClassifierError(ToldError):
    """A classifier failed, or its answer is not valid. The command ends with exit code 4."""


_NAMED: Final = 5
"""The number of recipients that an error names."""


def first_few(recipients: Collection[str]) -> str:
    """Return recipients for an error message: the first ones by name, and the number of the others."""
    more = f" and {len(recipients) - _NAMED:,} more" if len(recipients) > _NAMED else ""
    return ", ".join(islice(recipients, _NAMED)) + more


_LONGEST: Final = 300
"""The number of characters that an error message quotes from a foreign error."""


def on_one_line(words: object) -> str:
    """Return the text of a foreign error, shortened and on one line, for an error message of ours."""
    return " ".join(str(words).split())[:_LONGEST]


def without_reply(evidence: Evidence) -> Reading | None:
    """Return the reading of a recipient without a bounce text (delivered, or no reply at all), else None."""
    if not evidence.bounced:
        return Reading(None, "delivered")
    last = evidence.last
    if last.code is None and evidence.report is None:
        cause = Cause.BAD_DOMAIN if last.failure == Failure.NO_ROUTE else Cause.NETWORK
        return Reading(cause, f"no reply: {last.failure}")
    return None


def without_refusal(evidence: Evidence) -> Reading | None:
    """Return the reading of a recipient without a permanent refusal, else None."""
    settled = without_reply(evidence)
    code, _, _ = evidence.heard
    if settled is None and code is not None and code < 500:
        return Reading(Cause.SYSTEM, f"{code} is temporary")
    return settled
