"""The final replies to one source address, in order: how late in the dialogue each came, and which are isolated."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.series import ReplySeries

RANK: Final[dict[str, int]] = {stage.value: rank for rank, stage in enumerate(Stage)}
"""How late in the dialogue each stage is, from 0. An acceptance is later than all of them."""
ACCEPTED: Final = len(RANK)
"""The rank of an acceptance."""


def rank_of(stage: str) -> int:
    """Return how late in the dialogue a stage is. An unknown stage counts as RCPT."""
    return RANK.get(stage, RANK[Stage.RCPT])


class _Reached(NamedTuple):
    """The replies that reached a stage, and their indexes among all replies."""

    series: ReplySeries
    indexes: list[int]


@dataclass(slots=True)
class RepliesByStage:
    """Replies in order. The replies that reached a stage are collected on first request, then kept up to date."""

    times: list[float] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    """Refusals whose text does not blame the sender."""
    isolated: int = 0
    """Those of them that came between two acceptances."""
    _in_a_row: int = 0
    _by_rank: dict[int, _Reached] = field(default_factory=dict)

    def add(self, at: float, rank: int) -> None:
        """Add a reply at a stage of this rank; ACCEPTED for an acceptance."""
        self.times.append(at)
        self.ranks.append(rank)
        if self._by_rank:
            for stage, reached in self._by_rank.items():
                if rank >= stage:
                    reached.indexes.append(len(self.times) - 1)
                    reached.series.add(at, accepted=rank > stage)

    def count_accepted(self) -> None:
        """Count an acceptance."""
        self.isolated += self._in_a_row == 1 and self.accepted > 0
        self.accepted += 1
        self._in_a_row = 0

    def count_refused(self) -> None:
        """Count a refusal whose text does not blame the sender."""
        self.refused += 1
        self._in_a_row += 1

    def series(self, rank: int) -> ReplySeries:
        """Return the replies that reached a stage: refused there, or accepted there."""
        return self._reached(rank).series

    def index_among(self, index: int, rank: int) -> int:
        """Return the index that a reply has among those that reached a stage."""
        return bisect_left(self._reached(rank).indexes, index)

    def _reached(self, rank: int) -> _Reached:
        found = self._by_rank.get(rank)
        if found is None:
            indexes = [index for index, reached in enumerate(self.ranks) if reached >= rank]
            accepted = [number for number, index in enumerate(indexes) if self.ranks[index] > rank]
            series = ReplySeries([self.times[index] for index in indexes], accepted)
            found = self._by_rank[rank] = _Reached(series, indexes)
        return found
