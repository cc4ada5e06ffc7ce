"""The scorecard of a small run that is given as mappings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from probe.classify.reading import Reading
from probe.judge.classifier_score import Site
from probe.judge.scorecard import NAIVE, Scorecard
from probe.judge.story import Key, Story, judged
from probe.judge.tally import Tally
from probe.scenario.prices import MistakePrices


def tallied(
    stories: Mapping[Key, Story],
    readings: Mapping[str, Mapping[Key, Reading]],
    sites: Iterable[str] | Mapping[str, Site] = (),
    campaigns: Iterable[str] = (),
    *,
    card: Scorecard | None = None,
    prices: MistakePrices | None = None,
) -> Scorecard:
    """Return the scorecard of all classifiers that are given."""
    tally = Tally(readings, NAIVE)
    for recipient in judged(stories, readings):
        tally.count(recipient)
    known = sites if isinstance(sites, Mapping) else dict.fromkeys(sites, Site("", 0))
    return tally.scorecard(card or Scorecard("small", 7, "memory", complete=True), known, campaigns, prices)
