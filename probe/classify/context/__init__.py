"""A classifier that weighs the circumstances of a refusal, not only its text."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from probe.classify.context.observations import Observations
from probe.classify.context.reader import Reader
from probe.classify.context.retests import is_retest
from probe.classify.context.streaming import Streaming
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.records.attempt import Attempt

_IN_ORDER: Final = attrgetter("at", "lane", "seq")

__all__ = ["Context", "Streaming"]


class Context:
    """Reads a whole campaign: cause, probability that the mailbox is alive, advice, and reasons with their weights."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or shipped()

    def classify_campaign(self, campaign: Mapping[str, Evidence]) -> dict[str, Reading]:
        """Return a reading for each recipient."""
        reader = Reader(gather(campaign), self._weights)
        reader.prepare(campaign.values())
        return {recipient: reader.read(evidence) for recipient, evidence in campaign.items()}


def gather(campaign: Mapping[str, Evidence]) -> Observations:
    """Return what the sender observed in a campaign: every attempt in the order of its start, and every report."""
    attempts: list[Attempt] = []
    retests: set[int] = set()
    for evidence in campaign.values():
        own = evidence.attempts
        attempts += own
        if len(own) > 1:
            retests.update(id(each) for index, each in enumerate(own) if is_retest(each, own[:index]))
    attempts.sort(key=_IN_ORDER)
    observations = Observations()
    for attempt in attempts:
        observations.observe(attempt, retest=id(attempt) in retests)
    for evidence in campaign.values():
        if evidence.returned and evidence.report is not None:
            observations.observe_report(evidence.last)
    return observations
