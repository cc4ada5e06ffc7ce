"""A classifier that weighs the circumstances of a refusal, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Final

from probe.classify.context.observations import Surroundings
from probe.classify.context.reader import Reader
from probe.classify.context.retests import is_test
from probe.classify.context.streaming import Streaming
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence
from probe.classify.reading import Reading
from probe.records.attempt import Attempt

_WHEN: Final = attrgetter("at", "lane", "seq")

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
    heard: list[Attempt] = []
    tests: set[int] = set()
    for evidence in campaign.values():
        attempts = evidence.attempts
        heard += attempts
        if len(attempts) > 1:
            tests.update(id(each) for place, each in enumerate(attempts) if is_test(each, attempts[:place]))
    heard.sort(key=_WHEN)
    around = Surroundings()
    for attempt in heard:
        around.hear(attempt, again=id(attempt) in tests)
    for evidence in campaign.values():
        if evidence.returned and evidence.report is not None:
            around.hear_report(evidence.last)
    return around
