"""When a gateway began to refuse: the results of the attempts there, in steps of time."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from fake_gateways.truth import Fault
from probe.judge.class_scores import NONE
from probe.judge.outcome import RecipientOutcome
from probe.judge.story import Story
from probe.records.attempt import Attempt

SHOWN: Final = 8
STEPS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800)
MOST_STEPS: Final = 60
_OUTCOMES: Final = tuple(RecipientOutcome)
_NUMBERS: Final = {outcome: number for number, outcome in enumerate(_OUTCOMES)}
_DEFERRED: Final = _NUMBERS[RecipientOutcome.DEFERRED]
_FIRST_ROUND: Final = 0x10
_REFUSES: Final = 0x20


class GatewayInCampaign(NamedTuple):
    """A gateway during a campaign."""

    gateway: str
    campaign: str


class FirstRefusal(NamedTuple):
    """The first refusal of a living recipient: its time, its cause, and the attempts before it.

    ``per_minute`` is the rate during the step before it, but at least the minute before it; 0 without earlier attempts.
    """

    at: float
    cause: str
    attempts_before: int
    per_minute: float


@dataclass(frozen=True)
class Onset:
    """The attempts at one gateway in steps of ``step_s`` seconds, and the first refusal of a living recipient.

    ``piles`` counts attempts by the number of the step since the epoch and by outcome. ``later`` counts attempts after
    the last first attempt and the last refusal; they are in no pile. ``denied`` are the living recipients whose refusal
    was reported as a hard bounce.
    """

    place: GatewayInCampaign
    attempts: int
    denied: int
    refused_living: int
    step_s: int
    later: int
    piles: dict[int, Counter[RecipientOutcome]]
    first: FirstRefusal | None = None


class AttemptTimes:
    """The attempts at one gateway in one campaign: a column of times and one of results, nine bytes an attempt."""

    def __init__(self) -> None:
        self._at = array("d")
        self._what = bytearray()
        self._denied = 0
        self._refused = 0
        self._first: tuple[float, str] | None = None

    def count(self, story: Story, outcome: RecipientOutcome) -> None:
        """Count the attempts of a recipient. Those whose time no log says are left out."""
        what = _NUMBERS[outcome]
        if _refuses_the_living(story, outcome):
            what |= _REFUSES
            self._denied += outcome is RecipientOutcome.LIED
            self._refused += 1
            at = story.evidence.last.at
            if at:
                cause = NONE if story.cause is None else story.cause.value
                self._first = _earlier(self._first, (at, cause))
        *earlier, last = story.evidence.attempts
        for attempt in earlier:
            self._add(attempt, _DEFERRED)
        self._add(last, what)

    def _add(self, attempt: Attempt, what: int) -> None:
        at = attempt.at
        if at:
            self._at.append(at)
            self._what.append(what | _FIRST_ROUND if attempt.number == 1 else what)

    def merge(self, other: AttemptTimes) -> None:
        """Add other attempts at the same gateway in the same campaign."""
        self._at.extend(other._at)
        self._what.extend(other._what)
        self._denied += other._denied
        self._refused += other._refused
        if other._first is not None:
            self._first = _earlier(self._first, other._first)

    def onset(self, place: GatewayInCampaign) -> Onset | None:
        """Return what became of the attempts over time; None if no living recipient was refused."""
        if not self._refused or not self._at:
            return None
        begin = min(self._at)
        end = max((at for at, what in self._events() if what & (_FIRST_ROUND | _REFUSES)), default=max(self._at))
        step = next((step for step in STEPS_S if (end - begin) / step <= MOST_STEPS), STEPS_S[-1])
        sizes = Counter((int(at // step), what & 0xF) for at, what in self._events() if at <= end)
        piles: dict[int, Counter[RecipientOutcome]] = {}
        for (number, what), size in sorted(sizes.items()):
            piles.setdefault(number, Counter())[_OUTCOMES[what]] = size
        later = len(self._at) - sizes.total()
        first = self._first_refusal(begin, step)
        return Onset(place, len(self._at), self._denied, self._refused, step, later, piles, first)

    def _first_refusal(self, begin: float, step: int) -> FirstRefusal | None:
        if self._first is None:
            return None
        at, cause = self._first
        # The rate just before: over a step, at least a minute, or over all earlier attempts if these took less time.
        over = min(max(at - begin, 1.0), max(float(step), 60.0))
        earlier = sum(each < at for each in self._at)
        lately = sum(at - over <= each < at for each in self._at)
        return FirstRefusal(at, cause, earlier, round(lately * 60 / over, 1))

    def _events(self) -> Iterator[tuple[float, int]]:
        return zip(self._at, self._what, strict=True)


def worst(onsets: Iterable[Onset]) -> list[Onset]:
    """Return the gateways that refused most living recipients; those that denied the mailbox come first."""
    return sorted(onsets, key=lambda each: (-each.denied, -each.refused_living, each.place))[:SHOWN]


def _earlier(one: tuple[float, str] | None, two: tuple[float, str]) -> tuple[float, str]:
    return two if one is None else min(one, two)


def _refuses_the_living(story: Story, outcome: RecipientOutcome) -> bool:
    """Whether the last attempt was refused for a reason that lies neither in the mailbox nor in the moment."""
    if outcome is RecipientOutcome.KEPT:
        cause = story.cause
        return cause is not None and cause.fault in {Fault.SENDER, Fault.UNKNOWN}
    return outcome is RecipientOutcome.LIED
