"""Public use of probe.classify and fake_gateways, for mypy in its strict mode; nothing here is run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import assert_type

from fake_gateways import Cause, Fault, Remedy, Truth
from probe import classify
from probe.classify import (
    Advice,
    Attempt,
    ByCode,
    ByText,
    CampaignClassifier,
    Classifier,
    ClassifierError,
    Context,
    Diagnosed,
    Evidence,
    Failure,
    Opened,
    Outcome,
    Reading,
    RecipientClassifier,
    Returned,
    TwoPassClassifier,
)


class One:
    """Reads one recipient at a time."""

    def classify(self, evidence: Evidence) -> Reading:
        """Use everything that evidence offers."""
        assert_type(evidence.recipient, str)
        assert_type(evidence.attempts, tuple[Attempt, ...])
        assert_type(evidence.returned, tuple[Returned, ...])
        assert_type(evidence.before, tuple[Evidence, ...])
        assert_type(evidence.opened, tuple[Opened, ...])
        assert_type(evidence.diagnosis, Diagnosed | None)
        assert_type(evidence.last, Attempt)
        assert_type(evidence.report, Returned | None)
        assert_type(evidence.bounced, bool)
        assert_type(evidence.heard, tuple[int | None, str | None, str])
        if evidence.last.outcome == Outcome.FAILED and evidence.last.failure == Failure.TIMED_OUT:
            raise ClassifierError("timed out")
        return Reading(Cause.USER_UNKNOWN, "because", alive=0.1, wish=Advice.RETEST)


class All:
    """Reads a whole campaign."""

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> Mapping[str, Reading]:
        """Use a classifier that comes with the package."""
        return {recipient: ByCode().classify(evidence) for recipient, evidence in campaign.items()}


class Parts:
    """Reads a campaign part by part."""

    def observe(self, evidence: Iterable[Evidence]) -> int:
        """Count the bounced."""
        return sum(each.bounced for each in evidence)

    def reader(self, observed: Iterable[int]) -> RecipientClassifier:
        """Return a classifier that knows how many there are."""
        return One() if sum(observed) else ByCode()


one: RecipientClassifier = One()
parts: TwoPassClassifier[int] = Parts()
all_of_them: CampaignClassifier = All()
either: list[Classifier] = [one, all_of_them, parts, ByText(), Context()]
wrong: CampaignClassifier = One()  # type: ignore[assignment]
reading = Reading(Cause.CONTENT)
assert_type(reading.advice, Advice)
assert_type(reading.suppress, bool)
assert_type(Cause.CONTENT.fault, Fault)
assert_type(Cause.CONTENT.remedy, Remedy)
rows: list[Truth] = []
classify.Nothing  # type: ignore[attr-defined] # noqa: B018 - it does not exist
