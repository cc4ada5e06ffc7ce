"""What a campaign heard, place by place: the surroundings in which one refusal has to be read."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import compress
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import domain_of
from probe.classify.context.odds import left, share_left
from probe.classify.context.replies_by_stage import TAKEN, Heard, rank_of
from probe.classify.context.series import Series
from probe.classify.context.vendor import vendor_of
from probe.classify.context.words import Words, words_of
from probe.records.attempt import Attempt, Outcome

EVERY_SOURCE: Final = None
_UNLIKELY: Final = 0.05


class Seat(NamedTuple):
    """Where a refusal stands among the words to its source, and among those to all, and what it speaks of."""

    from_source: int
    overall: int
    words: Words
    source: str
    rank: int


class Lone(NamedTuple):
    """Refusals that stand alone between acceptances to their source, acceptances, and what came home in reports."""

    alone: int = 0
    accepted: int = 0
    reported: int = 0

    def plus(self, other: Lone) -> Lone:
        """Return both together."""
        return Lone(self.alone + other.alone, self.accepted + other.accepted, self.reported + other.reported)

    def less(self, other: Lone) -> Lone:
        """Return what is left without another that is part of it."""
        return Lone(*(max(0, own - part) for own, part in zip(self, other, strict=True)))


NOBODY: Final = Lone()


class Spoken(NamedTuple):
    """A word, final or not, that openly spoke of the sending; ``rank`` is that of its stage."""

    at: float
    rank: int


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
    changed: dict[str, list[int]] = field(default_factory=dict)
    """For each pattern of a refusal: whom was tried again later, and who was taken then."""
    reported: int = 0
    """How many came back in a report though they had been taken."""
    _seats: dict[str, Seat] = field(default_factory=dict)
    _heard: dict[str, Heard] = field(default_factory=dict)
    _everything: Heard = field(default_factory=Heard)

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
        rank = TAKEN if accepted else rank_of(attempt.stage)
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
            heard.count_accepted()
            return
        words = words_of(attempt)
        self._seats[attempt.recipient] = Seat(
            len(heard.times) - 1, len(self._everything.times) - 1, words, source, rank
        )
        if words.of_sending:
            self.spoken.append(Spoken(at, rank))
        else:
            heard.count_refused()

    def seat_of(self, attempt: Attempt) -> Seat | None:
        """Return where a refusal stands among the words that came as far; None for what was not heard here."""
        seat = self._seats.get(attempt.recipient)
        if seat is None or (seat.source, seat.rank) != (attempt.local_address, rank_of(attempt.stage)):
            return None
        from_source = self._heard[seat.source].place(seat.from_source, seat.rank)
        return seat._replace(from_source=from_source, overall=self._everything.place(seat.overall, seat.rank))

    def _heard_from(self, source: str) -> Heard:
        """Begin to listen to another source; while there is only one, it is everything."""
        heard = self._heard[source] = Heard()
        if len(self._heard) == 1:
            self._everything = heard
        elif len(self._heard) == 2:
            self._everything = Heard(list(self._everything.times), list(self._everything.ranks))
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

    @property
    def lone(self) -> Lone:
        """What stands alone here."""
        heard = self._heard.values()
        return Lone(sum(each.alone for each in heard), sum(each.accepted for each in heard), self.reported)

    def takes_everybody(self, lost: float) -> bool:
        """Whether nobody was refused as unknown, where of so many some would have been if such a share has left."""
        refused = self.reported or any(each.refused for each in self._heard.values())
        return not refused and (1.0 - lost) ** self.lone.accepted < _UNLIKELY

    def refused_at(self, rank: int) -> int:
        """Return how many were refused at a stage."""
        return self.series(EVERY_SOURCE, rank).refused


class Surroundings:
    """Every place of a campaign. ``hear`` takes attempts in the order they began; ``pooled`` looks across places."""

    def __init__(self, *, pooled: bool = True) -> None:
        self.places: dict[str, Place] = {}
        self._pooled = pooled
        self._heard = 0
        self._across: dict[tuple[str, str | None, int], tuple[int, Series]] = {}
        self._lone: tuple[int, dict[str, Lone]] = (-1, {})

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
            place.spoken.append(Spoken(attempt.at, rank_of(attempt.stage)))

    def hear_report(self, attempt: Attempt) -> None:
        """Take note that a message which was taken came back in a report."""
        self.place_of(attempt).reported += 1
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

    def lone_at(self, vendor: str) -> Lone:
        """Return what stands alone at all exchangers of a vendor, or of those whose vendor is not known."""
        return self._lone_by_vendor().get(vendor, NOBODY)

    def lone_elsewhere(self, vendor: str) -> Lone:
        """Return what stands alone at the exchangers of others than a vendor."""
        found = NOBODY
        for name, lone in self._lone_by_vendor().items():
            if name != vendor:
                found = found.plus(lone)
        return found

    def _lone_by_vendor(self) -> dict[str, Lone]:
        """Return it by vendor, without exchangers that take everybody: these say nothing of who has left."""
        if self._lone[0] != self._heard:
            places = list(self.places.values()) if self._pooled else []
            everybody = NOBODY
            for place in places:
                everybody = everybody.plus(place.lone)
            lost = share_left(*left(*everybody))
            found: dict[str, Lone] = {}
            for place in places:
                if not place.takes_everybody(lost):
                    found[place.vendor] = found.get(place.vendor, NOBODY).plus(place.lone)
            self._lone = (self._heard, found)
        return self._lone[1]


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
