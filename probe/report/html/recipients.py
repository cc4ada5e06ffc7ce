"""The recipients that the report lists with their stories, as few bytes as will do: every text is kept once.

Where not all of interest find room, each kind of case gets as much of it as any other: rare kinds stand there whole,
and frequent ones thinned out evenly over the campaign.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from probe.classify.reading import Reading
from probe.harmless import clipped
from probe.judge.compare import heard
from probe.judge.story import Key, Story
from probe.records.attempt import Attempt
from probe.report.event_lines import moment, of_attempt, of_returned, of_truth
from probe.report.html.outcome import WORDS, Standing

EVERYBODY_UP_TO: Final = 1000
"""Recipients of a run in which those whose mail arrived are listed as well."""
ROOM: Final = 2_500_000
"""Octets of all that is listed."""
LONGEST: Final = 500
"""Characters of a line that are shown."""
MOST_LINES: Final = 200
"""Lines of attempts and of what came home that are shown of one recipient."""
_SAMPLE: Final = 500
"""Recipients by whom it is estimated how many find room."""

Dialogues = Callable[[Iterable[Attempt]], Mapping[tuple[str, int], str]]
"""Returns what passed over the line during attempts, by lane and number, as far as it was kept."""
Readings = Mapping[str, Mapping[Key, Reading]]


@dataclass(frozen=True)
class Listing:
    """What the page's script reads, and how many recipients of interest there are, and are listed.

    ``rows`` have numbers of ``texts``: recipient, campaign, gateway, standing, what is true, what was heard, then
    numbers of the classifiers that are wrong, and the story: numbers of lines, and before a line when that was.
    """

    classifiers: Sequence[str]
    standings: Mapping[str, str]
    texts: Sequence[str]
    rows: Sequence[Sequence[Any]]
    of_interest: int
    listed: int
    is_everybody: bool


class _Moment(NamedTuple):
    """When the next line happened: of its own, because hardly any two are the same."""

    at: str


class _Texts:
    """Texts that are kept once, harmless, and have a number."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.octets = 0

    def __call__(self, text: str) -> int:
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self._numbers)
            self.octets += len(json.dumps(text)) + 1
        return number

    def all(self) -> list[str]:
        return list(self._numbers)


def listing(
    told: Mapping[Key, Story], readings: Readings, standings: Mapping[Key, Standing], dialogues: Dialogues
) -> Listing:
    """Choose and list recipients: whose mail did not arrive, and about whom a classifier is wrong."""
    names = list(readings)
    everybody = len(told) <= EVERYBODY_UP_TO
    kinds: dict[tuple[Standing, tuple[int, ...]], list[Key]] = {}
    for key, story in told.items():
        where = standings[key]
        wrong = tuple(number for number, name in enumerate(names) if _is_wrong(readings[name].get(key), story))
        if everybody or where is not Standing.DELIVERED or wrong:
            kinds.setdefault((where, wrong), []).append(key)
    of_interest = sum(map(len, kinds.values()))
    sample = chosen(list(kinds.values()), _SAMPLE)
    texts, octets, rows = _rows(told, readings, kinds, sample, dialogues)
    if len(rows) < of_interest:
        most = int(ROOM * 0.95 / max(1.0, (octets + texts.octets) / max(1, len(rows))))
        texts, octets, rows = _rows(told, readings, kinds, chosen(list(kinds.values()), most), dialogues)
    words = {where.value: WORDS[where] for where, _ in kinds}
    shown = [clipped(name, LONGEST) for name in names]
    return Listing(shown, words, texts.all(), rows, of_interest, len(rows), everybody)


def chosen(kinds: Sequence[Sequence[Key]], most: int) -> list[Key]:
    """Return at most so many of all kinds together, small kinds whole, large ones thinned out evenly."""
    found: list[Key] = []
    for number, keys in enumerate(sorted(kinds, key=len)):
        quota = (most - len(found)) // (len(kinds) - number)
        picked = min(len(keys), max(quota, 0))
        found += [keys[place * len(keys) // picked] for place in range(picked)]
    return found


def _rows(
    told: Mapping[Key, Story],
    readings: Readings,
    kinds: Mapping[tuple[Standing, tuple[int, ...]], Sequence[Key]],
    wanted: Iterable[Key],
    dialogues: Dialogues,
) -> tuple[_Texts, int, list[list[Any]]]:
    """Return rows in the order of the campaign, until there is no room left."""
    chosen_keys = set(wanted)
    spoken = dialogues(attempt for key in chosen_keys for attempt in told[key].evidence.attempts)
    kind_of = {key: kind for kind, keys in kinds.items() for key in keys if key in chosen_keys}
    texts, octets = _Texts(), 0
    rows: list[list[Any]] = []
    for key, story in told.items():
        if key not in kind_of:
            continue
        where, wrong = kind_of[key]
        lines = [line.at if isinstance(line, _Moment) else texts(line) for line in _story(story, readings, key, spoken)]
        cells = (key[1], key[0], story.gateway, where.value, _true(story), heard(story) or "no reply")
        row = [*(texts(clipped(cell, LONGEST)) for cell in cells), list(wrong), lines]
        octets += len(json.dumps(row)) + 1
        if octets + texts.octets > ROOM:
            break
        rows.append(row)
    return texts, octets, rows


def _is_wrong(reading: Reading | None, story: Story) -> bool:
    return (reading is not None and reading.suppress) is story.mailbox.alive


def _true(story: Story) -> str:
    state = "alive" if story.mailbox.alive else "gone"
    if story.cause is None:
        return state
    told = ""
    if story.truth is not None and not story.truth.honest:
        told = f", told as {story.truth.claimed}"
    return f"{state}; {story.cause.value}{told}"


def _story(
    story: Story, readings: Readings, key: Key, spoken: Mapping[tuple[str, int], str]
) -> Iterable[str | _Moment]:
    """Yield what happened, then what everybody made of it."""
    yield f"mailbox {story.mailbox.value}"
    happened = list(_happened(story, spoken))
    yield from happened[:MOST_LINES]
    if len(happened) > MOST_LINES:
        yield f"... ({len(happened) - MOST_LINES:,} more lines)"
    yield clipped(of_truth(story.truth), LONGEST)
    for name, of_all in readings.items():
        reading = of_all.get(key)
        if reading is None:
            yield clipped(f"{name} says nothing: keep", LONGEST)
            continue
        cause = "no cause" if reading.cause is None else reading.cause.value
        alive = "" if reading.alive is None else f", {reading.alive:.0%} alive"
        right = "wrong" if _is_wrong(reading, story) else "right"
        yield clipped(f"{name}: {reading.advice} ({right}); {cause}{alive}; {reading.reason}", LONGEST)


def _happened(story: Story, spoken: Mapping[tuple[str, int], str]) -> Iterable[str | _Moment]:
    for attempt in story.evidence.attempts:
        lines = of_attempt(attempt, spoken.get((attempt.lane, attempt.seq)))
        yield _Moment(moment(attempt.at))
        yield clipped(lines[0], LONGEST)
        yield from (clipped(f"  {line}", LONGEST) for line in lines[1:])
    for row in story.evidence.returned:
        yield _Moment(moment(row.at))
        yield from (clipped(line, LONGEST) for line in of_returned(row))
