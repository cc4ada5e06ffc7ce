"""When a gateway began to refuse: what became of the attempts there, in steps of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from fake_gateways.truth import Cause, Fault
from probe.judge.class_scores import NONE
from probe.judge.story import Key, Story
from probe.report.html.outcome import WORDS, Standing
from probe.report.summary import count

SHOWN: Final = 8
STEPS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800)
MOST_STEPS: Final = 60
_DRAWN: Final = (Standing.DELIVERED, Standing.DEFERRED, Standing.GONE, Standing.MISSED, Standing.KEPT, Standing.LIED)
"""From the bottom of a pile to its top."""


_REFUSED: Final = {Standing.LIED, Standing.KEPT}


class Place(NamedTuple):
    """A gateway during a campaign."""

    gateway: str
    campaign: str


class First(NamedTuple):
    """The first refusal of somebody alive: when, for which cause, after how many attempts, at how many a minute.

    The rate is that of the last step before it, or of the last minute; 0 where nothing went before.
    """

    at: float
    cause: str
    attempts_before: int
    per_minute: float


@dataclass
class Onset:
    """One place: its attempts in steps of so many seconds, and where the refusals of the living began, if they did.

    ``later`` attempts came after the last first attempt and the last refusal, and are not drawn.
    """

    place: Place
    attempts: int
    refused_living: int
    step_s: int
    later: int
    steps: list[dict[str, Any]] = field(default_factory=list)
    first: First | None = None


class _Event(NamedTuple):
    at: float
    standing: Standing
    cause: str
    is_first_round: bool


def onsets(told: Mapping[Key, Story], where: Mapping[Key, Standing]) -> list[Onset]:
    """Return the places that refused most of the living, those first who said that the mailbox is not there."""
    lied: Counter[Place] = Counter()
    refused: Counter[Place] = Counter()
    for key, story in told.items():
        if story.gateway and where[key] in _REFUSED:
            lied[Place(story.gateway, key[0])] += where[key] is Standing.LIED
            refused[Place(story.gateway, key[0])] += _refuses_the_living(_last(story, where[key]))
    ranked = sorted(
        (place for place in refused if refused[place]), key=lambda each: (-lied[each], -refused[each], each)
    )
    events: dict[Place, list[_Event]] = {place: [] for place in ranked[:SHOWN]}
    for key, story in told.items():
        found = events.get(Place(story.gateway, key[0]))
        if found is not None:
            found.extend(_events(story, where[key]))
    return [_onset(place, sorted(each), refused[place]) for place, each in events.items()]


def _events(story: Story, where: Standing) -> Iterable[_Event]:
    for attempt in story.evidence.attempts[:-1]:
        yield _Event(attempt.at, Standing.DEFERRED, NONE, attempt.number == 1)
    yield _last(story, where)


def _last(story: Story, where: Standing) -> _Event:
    last = story.evidence.last
    cause = story.cause if where in _REFUSED else None
    return _Event(last.at, where, NONE if cause is None else cause.value, last.number == 1)


def _onset(place: Place, events: list[_Event], refused: int) -> Onset:
    begin = events[0].at
    end = max(event.at for event in events if event.is_first_round or _refuses_the_living(event))
    step = next((step for step in STEPS_S if (end - begin) / step <= MOST_STEPS), STEPS_S[-1])
    piles: dict[int, Counter[Standing]] = {}
    for event in events:
        if event.at <= end:
            piles.setdefault(int(event.at // step), Counter())[event.standing] += 1
    later = sum(event.at > end for event in events)
    found = Onset(place, len(events), refused, step, later, list(_steps(piles, step)))
    first = next((number for number, event in enumerate(events) if _refuses_the_living(event)), None)
    if first is not None:
        event = events[first]
        # How fast it went by then: over a step, a minute at least, or all of the time before, if that was less.
        over = min(max(event.at - begin, 1.0), max(float(step), 60.0))
        lately = sum(event.at - over <= each.at for each in events[:first])
        found.first = First(event.at, event.cause, first, round(lately * 60 / over, 1))
    return found


def _refuses_the_living(event: _Event) -> bool:
    """Whether it is a refusal that has nothing to do with the mailbox, nor with the moment."""
    if event.standing is Standing.LIED:
        return True
    honest = event.standing is Standing.KEPT and event.cause != NONE
    return honest and Cause(event.cause).fault in {Fault.SENDER, Fault.UNKNOWN}


def _steps(piles: Mapping[int, Counter[Standing]], step: int) -> Iterable[dict[str, Any]]:
    for number, pile in sorted(piles.items()):
        low = 0
        for what in _DRAWN:
            size = pile[what]
            if size:
                yield {
                    "at": number * step * 1000,
                    "until": (number + 1) * step * 1000,
                    "low": low,
                    "high": low + size,
                    "standing": what.value,
                    "told": f"{clock(number * step)}: {count(size, 'attempt')}, {WORDS[what]}",
                }
                low += size


def clock(at: float) -> str:
    """Return a time (seconds since the epoch), UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def length(seconds: int) -> str:
    """Return a length of time in the largest unit that it is a multiple of."""
    for unit, name in ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            return name if seconds == unit else f"{seconds // unit} {name}s"
    return "second" if seconds == 1 else f"{seconds} seconds"
