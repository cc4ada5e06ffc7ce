"""When a gateway began to refuse: the results of the attempts there, in steps of time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from fake_gateways.truth import Cause, Fault
from probe.judge.class_scores import NONE
from probe.judge.story import Key, Story
from probe.report.html.outcome import LABELS, RecipientOutcome
from probe.report.summary import count

SHOWN: Final = 8
STEPS_S: Final = (1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 7200, 21_600, 86_400, 604_800)
MOST_STEPS: Final = 60
_STACKED: Final = (
    RecipientOutcome.DELIVERED,
    RecipientOutcome.DEFERRED,
    RecipientOutcome.GONE,
    RecipientOutcome.MISSED,
    RecipientOutcome.KEPT,
    RecipientOutcome.LIED,
)
"""The order in a stacked bar, from its bottom to its top."""
_REFUSED: Final = {RecipientOutcome.LIED, RecipientOutcome.KEPT}


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


@dataclass
class Onset:
    """The attempts at one gateway in steps of ``step_s`` seconds, and the first refusal of a living recipient.

    ``later`` counts attempts after the last first attempt and the last refusal; they are not drawn.
    """

    place: GatewayInCampaign
    attempts: int
    refused_living: int
    step_s: int
    later: int
    steps: list[dict[str, Any]] = field(default_factory=list)
    first: FirstRefusal | None = None


class _AttemptResult(NamedTuple):
    at: float
    outcome: RecipientOutcome
    cause: str
    is_first_round: bool


def onsets(stories: Mapping[Key, Story], where: Mapping[Key, RecipientOutcome]) -> list[Onset]:
    """Return the gateways that refused most living recipients; those that denied the mailbox come first."""
    lied: Counter[GatewayInCampaign] = Counter()
    refused: Counter[GatewayInCampaign] = Counter()
    for key, story in stories.items():
        if story.gateway and where[key] in _REFUSED:
            lied[GatewayInCampaign(story.gateway, key[0])] += where[key] is RecipientOutcome.LIED
            refused[GatewayInCampaign(story.gateway, key[0])] += _refuses_the_living(_last(story, where[key]))
    ranked = sorted(
        (place for place in refused if refused[place]), key=lambda each: (-lied[each], -refused[each], each)
    )
    events: dict[GatewayInCampaign, list[_AttemptResult]] = {place: [] for place in ranked[:SHOWN]}
    for key, story in stories.items():
        found = events.get(GatewayInCampaign(story.gateway, key[0]))
        if found is not None:
            found.extend(_events(story, where[key]))
    return [_onset(place, sorted(each), refused[place]) for place, each in events.items() if each]


def _events(story: Story, where: RecipientOutcome) -> Iterable[_AttemptResult]:
    for attempt in story.evidence.attempts[:-1]:
        if attempt.at:
            yield _AttemptResult(attempt.at, RecipientOutcome.DEFERRED, NONE, attempt.number == 1)
    if story.evidence.last.at:
        yield _last(story, where)


def _last(story: Story, where: RecipientOutcome) -> _AttemptResult:
    last = story.evidence.last
    cause = story.cause if where in _REFUSED else None
    return _AttemptResult(last.at, where, NONE if cause is None else cause.value, last.number == 1)


def _onset(place: GatewayInCampaign, events: list[_AttemptResult], refused: int) -> Onset:
    begin = events[0].at
    end = max(event.at for event in events if event.is_first_round or _refuses_the_living(event))
    step = next((step for step in STEPS_S if (end - begin) / step <= MOST_STEPS), STEPS_S[-1])
    piles: dict[int, Counter[RecipientOutcome]] = {}
    for event in events:
        if event.at <= end:
            piles.setdefault(int(event.at // step), Counter())[event.outcome] += 1
    later = sum(event.at > end for event in events)
    found = Onset(place, len(events), refused, step, later, list(_steps(piles, step)))
    first = next((number for number, event in enumerate(events) if _refuses_the_living(event)), None)
    if first is not None:
        event = events[first]
        # The rate just before: over a step, at least a minute, or over all earlier attempts if these took less time.
        over = min(max(event.at - begin, 1.0), max(float(step), 60.0))
        lately = sum(event.at - over <= each.at for each in events[:first])
        found.first = FirstRefusal(event.at, event.cause, first, round(lately * 60 / over, 1))
    return found


def _refuses_the_living(event: _AttemptResult) -> bool:
    """Whether an attempt was refused for a reason that lies neither in the mailbox nor in the moment."""
    if event.outcome is RecipientOutcome.LIED:
        return True
    honest = event.outcome is RecipientOutcome.KEPT and event.cause != NONE
    return honest and Cause(event.cause).fault in {Fault.SENDER, Fault.UNKNOWN}


def _steps(piles: Mapping[int, Counter[RecipientOutcome]], step: int) -> Iterable[dict[str, Any]]:
    for number, pile in sorted(piles.items()):
        low = 0
        for what in _STACKED:
            size = pile[what]
            if size:
                yield {
                    "at": number * step * 1000,
                    "until": (number + 1) * step * 1000,
                    "low": low,
                    "high": low + size,
                    "standing": what.value,
                    "told": f"{clock(number * step)}: {count(size, 'attempt')}, {LABELS[what]}",
                }
                low += size


def clock(at: float) -> str:
    """Return a time (seconds since the epoch) as UTC, to the second."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%S")


def length(seconds: int) -> str:
    """Return a duration in the largest unit of which it is a multiple."""
    for unit, name in ((604_800, "week"), (86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds % unit == 0:
            return name if seconds == unit else f"{seconds // unit} {name}s"
    return "second" if seconds == 1 else f"{seconds} seconds"
