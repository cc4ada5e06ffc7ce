"""The final replies to one source address, in order: how late in the dialogue each came, and which are isolated."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.series import NO_INDEXES, ReplySeries

RANK: Final[dict[str, int]] = {stage.value: rank for rank, stage in enumerate(Stage)}
"""How late in the dialogue each stage is, from 0. An acceptance is later than all of them."""
ACCEPTED: Final = len(RANK)
"""The rank of an acceptance."""
MOST_WORDS: Final = 16
"""The number of texts that are told apart at one exchanger."""
OTHER_WORDS: Final = 0
"""In place of the key of all further texts."""


def rank_of(stage: str) -> int:
    """Return how late in the dialogue a stage is. An unknown stage counts as RCPT."""
    return RANK.get(stage, RANK[Stage.RCPT])


@dataclass(slots=True)
class RepliesByStage:
    """Replies in order, as columns: the time of each, and for each rank the indexes of the refusals at that stage."""

    times: array[float] = field(default_factory=lambda: array("d"))
    refusals: dict[int, array[int]] = field(default_factory=dict)
    accepted: int = 0
    refused: int = 0
    """Refusals whose text does not blame the sender."""
    isolated: int = 0
    """Those of them that came between two acceptances."""
    isolated_by_words: dict[int, int] = field(default_factory=dict)
    """The isolated ones, by the key of their text."""
    refused_by_words: dict[int, int] = field(default_factory=dict)
    """All of those refusals, by the key of their text: texts beyond the first few count as one."""
    _in_a_row: int = 0
    _last_words: int = 0
    _by_rank: dict[int, ReplySeries] = field(default_factory=dict)
    """Series that leave out replies, kept up to date from the first request on."""

    def __len__(self) -> int:
        """Return the number of replies."""
        return len(self.times)

    def copied(self) -> RepliesByStage:
        """Return the same replies, not yet counted."""
        return RepliesByStage(self.times[:], {rank: indexes[:] for rank, indexes in self.refusals.items()})

    def add(self, at: float, rank: int) -> None:
        """Add a reply at a stage of this rank; ACCEPTED for an acceptance."""
        index = len(self.times)
        self.times.append(at)
        if rank == ACCEPTED:
            return
        indexes = self.refusals.get(rank)
        if indexes is None:
            indexes = self.refusals[rank] = array("I")
        indexes.append(index)
        for stage, series in self._by_rank.items():
            if rank < stage:
                series.leave_out(index)
            elif rank == stage:
                series.refuse(index)

    def count_accepted(self) -> None:
        """Count an acceptance."""
        if self._in_a_row == 1 and self.accepted:
            self.isolated += 1
            self.isolated_by_words[self._last_words] = self.isolated_by_words.get(self._last_words, 0) + 1
        self.accepted += 1
        self._in_a_row = 0

    def count_refused(self, words: int) -> None:
        """Count a refusal whose text does not blame the sender."""
        self.refused += 1
        self._in_a_row += 1
        known = self.refused_by_words
        if words not in known and len(known) >= MOST_WORDS:
            words = OTHER_WORDS
        known[words] = known.get(words, 0) + 1
        self._last_words = words

    def series(self, rank: int) -> ReplySeries:
        """Return the replies that reached a stage: refused there, or accepted there."""
        kept = self._by_rank.get(rank)
        if kept is not None:
            return kept
        refused = self.refusals.get(rank, NO_INDEXES)
        earlier = [indexes for stage, indexes in self.refusals.items() if stage < rank]
        if not earlier:
            return ReplySeries(self.times, refused)
        left_out = array("I", sorted(index for indexes in earlier for index in indexes))
        found = self._by_rank[rank] = ReplySeries(self.times, array("I"), left_out)
        for index in refused:
            found.refuse(index)
        return found


def merged(found: Iterable[RepliesByStage]) -> RepliesByStage:
    """Merge replies of several exchangers. Of replies at the same time, those that came furthest are first."""
    everything = array("d")
    refused: dict[int, list[float]] = {}
    for each in found:
        everything += each.times
        for rank, indexes in each.refusals.items():
            refused.setdefault(rank, []).extend([each.times[index] for index in indexes])
    times = array("d", sorted(everything))
    refusals: dict[int, array[int]] = {}
    earlier: list[list[float]] = []
    for rank, own in sorted(refused.items()):
        own.sort()
        indexes = refusals[rank] = array("I")
        for place, at in enumerate(own):
            # Behind it come, of those at the same time, the refusals at earlier stages and the rest of its own stage.
            behind = bisect_right(own, at) - place
            behind += sum(bisect_right(lower, at) - bisect_left(lower, at) for lower in earlier)
            indexes.append(bisect_right(times, at) - behind)
        earlier.append(own)
    return RepliesByStage(times, refusals)
