"""A classifier that weighs the circumstances of a refusal, and says so."""

from __future__ import annotations

from collections.abc import Mapping

from probe.attempt import Attempt, Outcome
from probe.classify.context.reader import Reader
from probe.classify.context.streaming import Streaming
from probe.classify.context.surroundings import Surroundings
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading

__all__ = ["Context", "Streaming"]


class Context:
    """Reads a whole campaign: cause, probability that the mailbox is alive, advice, and reasons with their weights."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped()

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> dict[str, Reading]:
        """Say what happened to each recipient."""
        reader = Reader(gather(campaign), self._weights)
        reader.prepare(campaign.values())
        return {recipient: reader.read(evidence) for recipient, evidence in campaign.items()}


def gather(campaign: Mapping[str, Evidence]) -> Surroundings:
    """Return the surroundings of a campaign: every attempt in the order it began."""
    heard: list[tuple[float, str, int, bool, Attempt]] = []
    for evidence in campaign.values():
        again = False
        for attempt in evidence.attempts:
            heard.append((attempt.at, attempt.lane, attempt.seq, again, attempt))
            again = again or attempt.outcome == Outcome.REFUSED
    heard.sort(key=lambda each: each[:3])
    around = Surroundings()
    for _, _, _, again, attempt in heard:
        around.hear(attempt, again=again)
    return around
