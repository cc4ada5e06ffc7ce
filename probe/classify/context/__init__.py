"""A classifier that weighs the circumstances of a refusal, not only its text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from probe.classify.context.arrivals import gather
from probe.classify.context.observations import Observations
from probe.classify.context.reader import Reader
from probe.classify.context.streaming import Streaming
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading

__all__ = ["Context", "Streaming"]


class Context:
    """Reads a whole campaign: cause, probability that the mailbox is alive, advice, and reasons with their weights.

    It does so in two passes, the first of which may be about parts of the campaign, or at once.
    """

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped()

    def observe(self, evidence: Iterable[Evidence]) -> Observations:
        """Return what a part of a campaign shows. All attempts at one exchanger must be in the same part."""
        return gather(evidence)

    def reader(self, observed: Iterable[Observations]) -> Reader:
        """Return a classifier that reads one recipient at a time, by what all parts of its campaign show."""
        together = Observations()
        for each in observed:
            together.add(each)
        return Reader(together, self._weights)

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> dict[str, Reading]:
        """Return a reading for each recipient."""
        reader = self.reader([self.observe(campaign.values())])
        return {recipient: reader.classify(evidence) for recipient, evidence in campaign.items()}
