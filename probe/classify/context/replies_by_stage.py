"""Final words from one source in the order they were heard: how far each came, and which refusals stand alone."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.series import Series

RANK: Final[dict[str, int]] = {stage.value: rank for rank, stage in enumerate(Stage)}
"""How far into the dialogue a stage is; who was taken has come further than all of them."""
TAKEN: Final = len(RANK)


def rank_of(stage: str) -> int:
    """Return how far into the dialogue a stage is; one that nobody named is taken for RCPT."""
    return RANK.get(stage, RANK[Stage.RCPT])


class _AsFar(NamedTuple):
    """The words that came as far as a stage, and their places among all words."""

    series: Series
    places: list[int]


@dataclass(slots=True)
class Heard:
    """Words in order. What came as far as a stage is gathered when first asked for, and from then on as it is heard."""

    times: list[float] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    accepted: int = 0
    refused: int = 0
    """Refusals that do not openly speak of the sending."""
    alone: int = 0
    """Those of them that stand alone between two acceptances."""
    _in_a_row: int = 0
    _by_rank: dict[int, _AsFar] = field(default_factory=dict)

    def add(self, at: float, rank: int) -> None:
        """Hear a word that came as far as a stage; TAKEN for an acceptance."""
        self.times.append(at)
        self.ranks.append(rank)
        if self._by_rank:
            for stage, as_far in self._by_rank.items():
                if rank >= stage:
                    as_far.places.append(len(self.times) - 1)
                    as_far.series.add(at, accepted=rank > stage)

    def count_accepted(self) -> None:
        """Count an acceptance."""
        self.alone += self._in_a_row == 1 and self.accepted > 0
        self.accepted += 1
        self._in_a_row = 0

    def count_refused(self) -> None:
        """Count a refusal that does not openly speak of the sending."""
        self.refused += 1
        self._in_a_row += 1

    def series(self, rank: int) -> Series:
        """Return the words that came as far as a stage: refused there, or accepted."""
        return self._as_far(rank).series

    def place(self, word: int, rank: int) -> int:
        """Return the place of a word among those that came as far as a stage."""
        return bisect_left(self._as_far(rank).places, word)

    def _as_far(self, rank: int) -> _AsFar:
        found = self._by_rank.get(rank)
        if found is None:
            places = [place for place, reached in enumerate(self.ranks) if reached >= rank]
            accepted = [number for number, place in enumerate(places) if self.ranks[place] > rank]
            series = Series([self.times[place] for place in places], accepted)
            found = self._by_rank[rank] = _AsFar(series, places)
        return found
