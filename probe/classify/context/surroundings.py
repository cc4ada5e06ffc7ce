"""What a campaign heard, place by place: the surroundings in which one refusal has to be read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, NamedTuple

from fake_gateways.envelope import Stage, domain_of
from probe.attempt import Attempt, Outcome
from probe.classify.context.series import Series
from probe.classify.context.vendor import vendor_of
from probe.classify.context.words import words_of

RANK: Final[dict[str, int]] = {stage.value: rank for rank, stage in enumerate(Stage)}
"""How far into the dialogue a stage is; who was taken has come further than all of them."""
TAKEN: Final = len(RANK)
EVERY_SOURCE: Final = None


class Seat(NamedTuple):
    """Where a refusal stands among the words to its source, and among those to all, at its stage."""

    from_source: int
    overall: int


class Spoken(NamedTuple):
    """A word, final or not, that openly spoke of the sending; ``rank`` is that of its stage."""

    at: float
    rank: int


@dataclass(slots=True)
class _Heard:
    """Final words from one address, in order: how far each came. Series by stage are made when first asked for."""

    times: list[float] = field(default_factory=list)
    ranks: list[int] = field(default_factory=list)
    by_rank: dict[int, Series] = field(default_factory=dict)

    def add(self, at: float, rank: int) -> None:
        self.times.append(at)
        self.ranks.append(rank)
        for stage, series in self.by_rank.items():
            if rank >= stage:
                series.add(at, accepted=rank > stage)

    def series(self, rank: int) -> Series:
        found = self.by_rank.get(rank)
        if found is None:
            found = self.by_rank[rank] = Series()
            for at, reached in zip(self.times, self.ranks, strict=True):
                if reached >= rank:
                    found.add(at, accepted=reached > rank)
        return found


@dataclass
class Place:
    """One exchanger, as this campaign met it: the final words of first rounds, one a recipient.

    A refusal is held against words at the same stage: whoever was refused later in the dialogue had been accepted by
    then, and whoever was refused earlier does not count. ``conditions`` counts, by message and by whether it was a
    connection's first, how far words came. ``spoken`` are words that openly spoke of the sending, deferrals among them.
    """

    name: str
    vendor: str
    conditions: dict[tuple[str, bool], list[int]] = field(default_factory=dict)
    spoken: list[Spoken] = field(default_factory=list)
    seats: dict[str, Seat] = field(default_factory=dict)
    changed: dict[str, list[int]] = field(default_factory=dict)
    """For each pattern of a refusal: whom was tried again later, and who was taken then."""
    _heard: dict[str, _Heard] = field(default_factory=dict)
    _everything: _Heard = field(default_factory=_Heard)
    _alone: tuple[int, tuple[int, int]] = (-1, (0, 0))

    @property
    def sources(self) -> list[str]:
        """The addresses that it was spoken to from."""
        return list(self._heard)

    def series(self, source: str | None, rank: int) -> Series:
        """Return the words to a source, or to all, that came as far as a stage: refused there, or accepted."""
        found = self._everything if source is EVERY_SOURCE else self._heard.get(source)
        return Series() if found is None else found.series(rank)

    def hear(self, attempt: Attempt) -> None:
        """Take note of a final word of a first round."""
        accepted = attempt.outcome == Outcome.DELIVERED
        rank = TAKEN if accepted else RANK[attempt.stage]
        at, source = attempt.at, attempt.local_address
        heard = self._heard.get(source)
        if heard is None:
            heard = self._heard_from(source)
        heard.add(at, rank)
        if self._everything is not heard:
            self._everything.add(at, rank)
        condition = attempt.message, attempt.position > 1
        count = self.conditions.get(condition)
        if count is None:
            count = self.conditions[condition] = [0] * (TAKEN + 1)
        count[rank] += 1
        if accepted:
            return
        own, overall = self.series(source, rank), self.series(EVERY_SOURCE, rank)
        self.seats[attempt.recipient] = Seat(len(own.times) - 1, len(overall.times) - 1)
        if words_of(attempt).of_sending:
            self.spoken.append(Spoken(at, rank))

    def _heard_from(self, source: str) -> _Heard:
        """Begin to listen to another source; while there is only one, it is everything."""
        heard = self._heard[source] = _Heard()
        if len(self._heard) == 1:
            self._everything = heard
        elif len(self._heard) == 2:
            self._everything = _Heard(list(self._everything.times), list(self._everything.ranks))
        return heard

    def with_message(self, message: str, rank: int) -> tuple[int, int, int, int]:
        """Return refusals at a stage and words that came as far, with a message, and with the others."""
        return self._apart([count for key, count in self.conditions.items() if key[0] == message], rank)

    def later_in_connections(self, rank: int) -> tuple[int, int, int, int]:
        """Return the same of further messages over a connection, and of first ones."""
        return self._apart([count for key, count in self.conditions.items() if key[1]], rank)

    def _apart(self, own: list[list[int]], rank: int) -> tuple[int, int, int, int]:
        refused, words = sum(count[rank] for count in own), sum(sum(count[rank:]) for count in own)
        everything = self.conditions.values()
        all_refused, all_words = (
            sum(count[rank] for count in everything),
            sum(sum(count[rank:]) for count in everything),
        )
        return refused, words, all_refused - refused, all_words - words

    def alone(self) -> tuple[int, int]:
        """Return how many refusals stand alone between acceptances, and among how many words."""
        heard = self._everything
        if self._alone[0] != len(heard.times):
            taken = [place for place, rank in enumerate(heard.ranks) if rank == TAKEN]
            self._alone = len(heard.times), Series(heard.times, taken).alone()
        return self._alone[1]

    def refused_at(self, rank: int) -> int:
        """Return how many were refused at a stage."""
        return self.series(EVERY_SOURCE, rank).refused


class Surroundings:
    """Every place of a campaign. ``hear`` takes attempts in the order they began; ``pooled`` looks across places."""

    def __init__(self, *, pooled: bool = True) -> None:
        self.places: dict[str, Place] = {}
        self._pooled = pooled
        self._heard = 0
        self._reported = 0
        self._across: dict[tuple[str, str | None, int], tuple[int, Series]] = {}
        self._alone: tuple[int, tuple[int, int]] = (-1, (0, 0))

    def place_of(self, attempt: Attempt) -> Place:
        """Return the place an attempt was made at: its exchanger, or its domain where none is known."""
        name = attempt.mx_address or attempt.mx or domain_of(attempt.recipient)
        place = self.places.get(name)
        if place is None:
            place = self.places[name] = Place(name, vendor_of(attempt.mx, attempt.greeting))
        return place

    def hear(self, attempt: Attempt, *, again: bool) -> None:
        """Take note of an attempt; ``again`` says that its recipient was refused before in this campaign."""
        outcome = attempt.outcome
        if again or outcome == Outcome.FAILED:
            return
        self._heard += 1
        place = self.place_of(attempt)
        if outcome != Outcome.DEFERRED:
            place.hear(attempt)
        elif words_of(attempt).of_sending:
            place.spoken.append(Spoken(attempt.at, RANK[attempt.stage]))

    def hear_report(self) -> None:
        """Take note that a message which was taken came back in a report."""
        self._reported += 1
        self._heard += 1

    def across(self, vendor: str, source: str | None, rank: int) -> Series:
        """Return the words to a source at every place of a vendor (empty: at all places), in order."""
        kept = self._across.get((vendor, source, rank))
        if kept is not None and kept[0] == self._heard:
            return kept[1]
        merged = _merged(
            place.series(source, rank)
            for place in (self.places.values() if self._pooled else ())
            if not vendor or place.vendor == vendor
        )
        self._across[vendor, source, rank] = (self._heard, merged)
        return merged

    def alone(self) -> tuple[int, int]:
        """Return how many refusals stand alone between acceptances, or came home later, and among how many words."""
        if self._alone[0] != self._heard:
            found = [place.alone() for place in self.places.values()] if self._pooled else []
            alone = sum(each[0] for each in found) + (self._reported if self._pooled else 0)
            self._alone = (self._heard, (alone, sum(each[1] for each in found)))
        return self._alone[1]


def _merged(found: Iterable[Series]) -> Series:
    """Return the words of several series in one; of those heard at one moment acceptances come first."""
    taken: list[float] = []
    refused: list[float] = []
    for series in found:
        is_refused = bytearray(b"\1") * len(series.times)
        for place in series.accepted:
            is_refused[place] = 0
        taken += [series.times[place] for place in series.accepted]
        refused += compress(series.times, is_refused)
    taken.sort()
    refused.sort()
    return Series(sorted(taken + refused), [place + bisect_left(refused, at) for place, at in enumerate(taken)])
