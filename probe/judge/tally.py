"""Everything that a scorecard is made of, counted recipient by recipient, so that parts of a run can be merged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from math import inf
from typing import Final

from probe.classify.reading import Reading
from probe.judge.classifier_score import ClassifierTally, Site, facts_of
from probe.judge.scorecard import Scorecard, TruthTally, returned_score
from probe.judge.story import JudgedRecipient
from probe.records.returned import Returned
from probe.scenario.prices import MistakePrices

MOST_BY_HOUR_S: Final = 2 * 86_400.0
"""The longest run, in seconds, that is broken down by hours; a longer one by days."""


class Tally:
    """The counts of a run or of a part of it.

    They are whole numbers, so parts merge to the same in any order. The size of a tally grows with gateways, campaigns
    and hours, not with recipients. It can be pickled.
    """

    def __init__(self, classifiers: Iterable[str], naive: str) -> None:
        """Begin with nothing. ``naive`` is the classifier whose suppressions count as reported hard bounces."""
        self._naive = naive
        self._truth = TruthTally()
        self._classifiers = {name: ClassifierTally() for name in classifiers}
        self._returned: Counter[tuple[str, bool]] = Counter()
        self._first_at, self._last_at = inf, -inf

    def count(self, recipient: JudgedRecipient) -> None:
        """Count a recipient. A missing reading counts as keep."""
        (campaign, _), story, readings = recipient
        facts = facts_of(story)
        at = story.evidence.last.at
        if at and not self._first_at <= at <= self._last_at:
            self._first_at, self._last_at = min(self._first_at, at), max(self._last_at, at)
        for name, tally in self._classifiers.items():
            tally.count(facts, readings.get(name))
        reported = readings.get(self._naive, _NO_READING).suppress
        self._truth.count(campaign, story, alive=facts.alive, bounced=facts.bounced, reported=reported)

    def count_returned(self, row: Returned) -> None:
        """Count a message that came back."""
        self._returned[row.kind, bool(row.recipient)] += 1

    def merge(self, other: Tally) -> None:
        """Add what another one of the same classifiers has counted."""
        self._truth.merge(other._truth)
        for name, tally in self._classifiers.items():
            tally.merge(other._classifiers[name])
        self._returned.update(other._returned)
        self._first_at = min(self._first_at, other._first_at)
        self._last_at = max(self._last_at, other._last_at)

    def scorecard(
        self,
        card: Scorecard,
        sites: Mapping[str, Site],
        campaigns: Iterable[str] = (),
        prices: MistakePrices | None = None,
    ) -> Scorecard:
        """Fill in a card that holds only what names the run, and return it.

        Where it does not say how many recipients were planned, those that were counted are meant.
        """
        self._truth.fill(card, sites, campaigns)
        card.returned = returned_score(self._returned)
        by_day = self._last_at - self._first_at > MOST_BY_HOUR_S
        card.classifiers = {
            name: tally.score(sites, prices, by_day=by_day) for name, tally in self._classifiers.items()
        }
        if card.as_logged:
            for score in card.classifiers.values():
                score.calibration = None  # with what a log says, no probability can be compared
        return card


_NO_READING: Final = Reading(None)
