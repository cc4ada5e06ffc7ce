"""The recipients that the report lists with their histories. Every text is stored once, to keep the page small.

If not all recipients of interest fit, every kind of case gets the same room. Rare kinds are then complete, and frequent
kinds are sampled evenly over the campaign.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from probe.classify.reading import Reading
from probe.harmless import clipped
from probe.judge.compare import heard
from probe.judge.errors import is_error
from probe.judge.story import Key, Story
from probe.records.attempt import Attempt
from probe.report.event_lines import attempt_lines, moment, returned_lines, truth_line
from probe.report.html.outcome import LABELS, RecipientOutcome

LIST_ALL_UP_TO: Final = 1000
"""Runs with at most so many recipients list all of them, also those that received the message."""
MOST_OCTETS: Final = 2_500_000
"""The size of the list, at most."""
MOST_LIVING_OCTETS: Final = 500_000
"""The size of the list of living recipients that a classifier would suppress and that are not listed, at most."""
LONGEST: Final = 500
"""The most characters of a line that are shown."""
MOST_LINES: Final = 200
"""The most lines about attempts and returned messages that are shown per recipient."""
_SAMPLE_SIZE: Final = 500
"""The number of recipients from which the list's size is estimated."""

Dialogues = Callable[[Iterable[Attempt]], Mapping[tuple[str, int], str]]
"""Returns the recorded SMTP dialogues of attempts, by lane and sequence number."""
Readings = Mapping[str, Mapping[Key, Reading]]


@dataclass(frozen=True)
class RecipientList:
    """The data of the page's script, and how many recipients of interest exist and are listed.

    A row of ``rows`` holds indexes into ``texts``: recipient, campaign, gateway, outcome, truth, last reply. Then
    come a list of the indexes of the classifiers that are wrong, and the history: a list of indexes of lines, with a
    time as text before the line it belongs to. ``living`` holds the first seven of those columns, without a reply, for
    living recipients that a classifier would suppress and that are not in ``rows``; ``living_left_out`` counts more of
    them, for which there is no room either.
    """

    classifiers: Sequence[str]
    outcomes: Mapping[str, str]
    texts: Sequence[str]
    rows: Sequence[Sequence[Any]]
    of_interest: int
    listed: int
    is_everybody: bool
    living: Sequence[Sequence[Any]] = ()
    living_left_out: int = 0


class _Moment(NamedTuple):
    """The time of the next line. It is not stored among the texts, because times hardly ever repeat."""

    at: str


class _Texts:
    """Stores each text once and gives it an index."""

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


def list_recipients(
    stories: Mapping[Key, Story],
    readings: Readings,
    outcomes: Mapping[Key, RecipientOutcome],
    dialogues: Dialogues,
    *,
    as_logged: bool = False,
) -> RecipientList:
    """List the recipients of interest: not delivered, or judged wrongly by a classifier.

    With ``as_logged`` the truth is only what a log says.
    """
    names = list(readings)
    lists_all = len(stories) <= LIST_ALL_UP_TO
    kinds: dict[tuple[RecipientOutcome, tuple[int, ...]], list[Key]] = {}
    for key, story in stories.items():
        where = outcomes[key]
        wrong = tuple(number for number, name in enumerate(names) if _is_wrong(readings[name].get(key), story))
        if lists_all or where is not RecipientOutcome.DELIVERED or wrong:
            kinds.setdefault((where, wrong), []).append(key)
    of_interest = sum(map(len, kinds.values()))
    sample = chosen(list(kinds.values()), _SAMPLE_SIZE)
    texts, octets, rows = _rows(stories, readings, kinds, sample, dialogues, as_logged=as_logged)
    if len(rows) < of_interest:
        most = int(MOST_OCTETS * 0.95 / max(1.0, (octets + texts.octets) / max(1, len(rows))))
        sample = chosen(list(kinds.values()), most)
        texts, octets, rows = _rows(stories, readings, kinds, sample, dialogues, as_logged=as_logged)
    unlisted, left_out = _living(stories, kinds, rows, texts)
    words = {where.value: LABELS[where] for where, _ in kinds}
    shown = [clipped(name, LONGEST) for name in names]
    return RecipientList(shown, words, texts.all(), rows, of_interest, len(rows), lists_all, unlisted, left_out)


def chosen(kinds: Sequence[Sequence[Key]], most: int) -> list[Key]:
    """Return at most ``most`` recipients of all kinds together: small kinds complete, large kinds sampled evenly."""
    found: list[Key] = []
    for number, keys in enumerate(sorted(kinds, key=len)):
        quota = (most - len(found)) // (len(kinds) - number)
        picked = min(len(keys), max(quota, 0))
        found += [keys[place * len(keys) // picked] for place in range(picked)]
    return found


def _rows(
    stories: Mapping[Key, Story],
    readings: Readings,
    kinds: Mapping[tuple[RecipientOutcome, tuple[int, ...]], Sequence[Key]],
    wanted: Iterable[Key],
    dialogues: Dialogues,
    *,
    as_logged: bool,
) -> tuple[_Texts, int, list[list[Any]]]:
    """Return the rows in the order of the campaign, as many as fit."""
    chosen_keys = set(wanted)
    spoken = dialogues(attempt for key in chosen_keys for attempt in stories[key].evidence.attempts)
    kind_of = {key: kind for kind, keys in kinds.items() for key in keys if key in chosen_keys}
    texts, octets = _Texts(), 0
    rows: list[list[Any]] = []
    for key, story in stories.items():
        if key not in kind_of:
            continue
        where, wrong = kind_of[key]
        told = _story(story, readings, key, spoken, as_logged=as_logged)
        lines = [line.at if isinstance(line, _Moment) else texts(line) for line in told]
        cells = (key[1], key[0], story.gateway, where.value, _true(story), heard(story) or "no reply")
        row = [*(texts(clipped(cell, LONGEST)) for cell in cells), list(wrong), lines]
        octets += len(json.dumps(row)) + 1
        if octets + texts.octets > MOST_OCTETS:
            break
        rows.append(row)
    return texts, octets, rows


def _living(
    stories: Mapping[Key, Story],
    kinds: Mapping[tuple[RecipientOutcome, tuple[int, ...]], Sequence[Key]],
    rows: Sequence[Sequence[Any]],
    texts: _Texts,
) -> tuple[list[list[Any]], int]:
    """Return living recipients that a classifier would suppress and that are not listed, and how many do not fit."""
    known = texts.all()
    listed = {(known[row[1]], known[row[0]]) for row in rows}
    found: list[list[Any]] = []
    left_out = octets = 0
    for (where, wrong), keys in kinds.items():
        for key in keys if wrong else ():
            story = stories[key]
            campaign, recipient = (clipped(each, LONGEST) for each in key)
            if not story.mailbox.alive or (campaign, recipient) in listed:
                continue
            if octets > MOST_LIVING_OCTETS:
                left_out += 1
                continue
            cells = (recipient, campaign, clipped(story.gateway, LONGEST), where.value, clipped(_true(story), LONGEST))
            found.append([*map(texts, cells), 0, list(wrong)])
            octets += len(json.dumps([recipient, found[-1]]))
    return found, left_out


def _is_wrong(reading: Reading | None, story: Story) -> bool:
    return is_error(alive=story.mailbox.alive, suppressed=reading is not None and reading.suppress)


def _true(story: Story) -> str:
    state = "alive" if story.mailbox.alive else "gone"
    if story.cause is None:
        return state
    claimed = ""
    if story.truth is not None and not story.truth.honest:
        claimed = f", claimed as {story.truth.claimed}"
    return f"{state}; {story.cause.value}{claimed}"


def _story(
    story: Story, readings: Readings, key: Key, spoken: Mapping[tuple[str, int], str], *, as_logged: bool
) -> Iterable[str | _Moment]:
    """Yield what happened, then what each classifier concluded."""
    yield f"mailbox {story.mailbox.value}{', as the log says' if as_logged else ''}"
    events = list(_events(story, spoken))
    yield from events[:MOST_LINES]
    if len(events) > MOST_LINES:
        yield f"... ({len(events) - MOST_LINES:,} more lines)"
    yield clipped(truth_line(story.truth, as_logged=as_logged), LONGEST)
    for name, of_all in readings.items():
        reading = of_all.get(key)
        if reading is None:
            yield clipped(f"{name}: no reading (keep)", LONGEST)
            continue
        cause = "no cause" if reading.cause is None else reading.cause.value
        alive = "" if reading.alive is None else f", {reading.alive:.0%} alive"
        words = ("as the log says", "not as the log says") if as_logged else ("right", "wrong")
        right = words[_is_wrong(reading, story)]
        yield clipped(f"{name}: {reading.advice} ({right}); {cause}{alive}; {reading.reason}", LONGEST)


def _events(story: Story, spoken: Mapping[tuple[str, int], str]) -> Iterable[str | _Moment]:
    for attempt in story.evidence.attempts:
        lines = attempt_lines(attempt, spoken.get((attempt.lane, attempt.seq)))
        yield _Moment(moment(attempt.at))
        yield clipped(lines[0], LONGEST)
        yield from (clipped(f"  {line}", LONGEST) for line in lines[1:])
    for row in story.evidence.returned:
        yield _Moment(moment(row.at))
        yield from (clipped(line, LONGEST) for line in returned_lines(row))
