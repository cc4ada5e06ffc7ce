"""What a campaign heard, place by place: the surroundings in which one refusal has to be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from fake_gateways.envelope import domain_of
from probe.attempt import Attempt, Outcome
from probe.classify.context.series import Series
from probe.classify.context.vendor import vendor_of
from probe.classify.context.words import pattern_of, read

_FIRST_IN_CONNECTION: Final = 1


class Seat(NamedTuple):
    """Where a refusal stands: its place, the address it was sent from, and its numbers in both series."""

    place: Place
    source: str
    from_source: int
    overall: int


class Spoken(NamedTuple):
    """A word, final or not, that openly spoke of the sending."""

    at: float
    source: str


@dataclass
class Place:
    """One exchanger, as this campaign met it. Numbers count final words of first rounds, one a recipient.

    ``conditions`` counts words and refusals by what might have been their condition: ``("message", file)``,
    ``("position", later in the connection or not)``, ``("stage", stage of the refusal)``, ``("network", /24)``.
    ``again`` are words to whom was tried again after a refusal.
    """

    name: str
    vendor: str
    overall: Series = field(default_factory=Series)
    by_source: dict[str, Series] = field(default_factory=dict)
    conditions: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    patterns: dict[str, int] = field(default_factory=dict)
    spoken: list[Spoken] = field(default_factory=list)
    seats: dict[str, Seat] = field(default_factory=dict)
    changed: dict[str, list[int]] = field(default_factory=dict)
    """For each pattern of a refusal: whom was tried again later, and who was taken then."""

    def hear(self, attempt: Attempt) -> None:
        """Take note of a final word of a first round."""
        accepted = attempt.outcome == Outcome.DELIVERED
        series = self.by_source.get(attempt.local_address)
        if series is None:
            series = self.by_source[attempt.local_address] = Series()
        number, overall = series.add(attempt.at, accepted=accepted), self.overall.add(attempt.at, accepted=accepted)
        later = "later" if attempt.position > _FIRST_IN_CONNECTION else "first"
        self._count(("message", attempt.message), accepted=accepted)
        self._count(("position", later), accepted=accepted)
        if not accepted:
            self._count(("stage", attempt.stage), accepted=accepted)
            self.seats[attempt.recipient] = Seat(self, attempt.local_address, number, overall)
            pattern = pattern_of(attempt.text, attempt.recipient)
            self.patterns[pattern] = self.patterns.get(pattern, 0) + 1
            if read(pattern).of_sending:
                self.spoken.append(Spoken(attempt.at, attempt.local_address))

    def _count(self, condition: tuple[str, str], *, accepted: bool) -> None:
        found = self.conditions.get(condition)
        if found is None:
            found = self.conditions[condition] = [0, 0]
        found[0] += 1
        found[1] += not accepted

    def told_of(self, condition: tuple[str, str]) -> tuple[int, int, int, int]:
        """Return refusals and words under a condition, and under the others of its kind."""
        words, refused = self.conditions.get(condition, (0, 0))
        others = [count for other, count in self.conditions.items() if other[0] == condition[0] and other != condition]
        return refused, words, sum(count[1] for count in others), sum(count[0] for count in others)


class Surroundings:
    """Every place of a campaign. ``hear`` takes attempts in the order they began; ``pooled`` looks across places."""

    def __init__(self, *, pooled: bool = True) -> None:
        self.places: dict[str, Place] = {}
        self._pooled = pooled
        self._heard = 0
        self._across: dict[tuple[str, str], tuple[int, Series]] = {}

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
        if outcome == Outcome.FAILED:
            return
        self._heard += 1
        place = self.place_of(attempt)
        if outcome == Outcome.DEFERRED:
            if read(pattern_of(attempt.text, attempt.recipient)).of_sending:
                place.spoken.append(Spoken(attempt.at, attempt.local_address))
        elif again:
            pass
        else:
            place.hear(attempt)

    def across(self, vendor: str, source: str) -> Series:
        """Return the words to a source at every place of a vendor (all vendors: empty), in order."""
        kept = self._across.get((vendor, source))
        if kept is not None and kept[0] == self._heard:
            return kept[1]
        found = [
            series
            for place in (self.places.values() if self._pooled else ())
            if not vendor or place.vendor == vendor
            for name, series in place.by_source.items()
            if not source or name == source
        ]
        merged = _merged(found)
        self._across[vendor, source] = (self._heard, merged)
        return merged


def _merged(found: Iterable[Series]) -> Series:
    words: list[tuple[float, int]] = []
    for series in found:
        refused = [1] * len(series.times)
        for place in series.accepted:
            refused[place] = 0
        words += zip(series.times, refused, strict=True)
    words.sort()
    merged = Series([at for at, _ in words])
    merged.accepted = [place for place, (_, refused) in enumerate(words) if not refused]
    return merged
