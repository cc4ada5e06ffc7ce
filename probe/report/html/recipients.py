"""The recipients that the report lists with their histories. Every text is stored once, to keep the page small.

If not all recipients of interest fit, every kind of case gets the same room. Rare kinds are then complete, and frequent
kinds are sampled at random, to the same result in every run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final, NamedTuple

from probe.harmless import clipped
from probe.judge.compare import heard
from probe.judge.errors import is_error
from probe.judge.outcome import LABELS
from probe.judge.report_counts import RecipientKind, ReportCounts, true_words
from probe.judge.story import JudgedRecipient, Story
from probe.report.event_lines import attempt_lines, moment, returned_lines, truth_line

MOST_OCTETS: Final = 2_500_000
"""The size of the list, at most."""
MOST_LIVING_OCTETS: Final = 500_000
"""The size of the list of living recipients that a classifier would suppress and that are not listed, at most."""
LONGEST: Final = 500
"""The most characters of a line that are shown."""
MOST_LINES: Final = 200
"""The most lines about attempts and returned messages that are shown per recipient."""
_BATCH: Final = 500
_SAMPLE_SIZE: Final = 500
"""The number of recipients from which the list's size is estimated."""

Dialogues = Callable[[Iterable[tuple[str, int]]], Mapping[tuple[str, int], str]]
"""Returns the recorded SMTP dialogues of attempts, by lane and sequence number."""


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


def list_recipients(counts: ReportCounts, dialogues: Dialogues, *, as_logged: bool = False) -> RecipientList:
    """List the recipients of interest: not delivered, or judged wrongly by a classifier.

    With ``as_logged`` the truth is only what a log says.
    """
    there = counts.of_interest
    texts, octets, rows = _rows(counts, min(there, _SAMPLE_SIZE), dialogues, as_logged=as_logged)
    if len(rows) < there:
        most = int(MOST_OCTETS * 0.95 / max(1.0, (octets + texts.octets) / max(1, len(rows))))
        texts, octets, rows = _rows(counts, most, dialogues, as_logged=as_logged)
    living = _living(counts, rows, texts)
    known = texts.all()
    listed = sum(bool(row[6]) and known[row[4]].startswith("alive") for row in rows)
    return RecipientList(
        classifiers=[clipped(name, LONGEST) for name in counts.classifiers],
        outcomes={each.value: LABELS[each] for each in counts.outcomes},
        texts=known,
        rows=rows,
        of_interest=there,
        listed=len(rows),
        is_everybody=counts.is_everybody,
        living=living,
        living_left_out=counts.living_suppressed - listed - len(living),
    )


def _rows(
    counts: ReportCounts, most: int, dialogues: Dialogues, *, as_logged: bool
) -> tuple[_Texts, int, list[list[Any]]]:
    """Return the rows in the order of the campaign, as many as fit."""
    texts, octets = _Texts(), 0
    rows: list[list[Any]] = []
    for kind, recipient, spoken in _with_dialogues(counts.listed(most), dialogues):
        key, story, _ = recipient
        told = _story(recipient, counts.classifiers, spoken, as_logged=as_logged)
        lines = [line.at if isinstance(line, _Moment) else texts(line) for line in told]
        cells = (key[1], key[0], story.gateway, kind.outcome.value, true_words(story), heard(story) or "no reply")
        row = [*(texts(clipped(cell, LONGEST)) for cell in cells), list(kind.wrong), lines]
        octets += len(json.dumps(row)) + 1
        if octets + texts.octets > MOST_OCTETS:
            break
        rows.append(row)
    return texts, octets, rows


def _with_dialogues(
    listed: Iterator[tuple[RecipientKind, JudgedRecipient]], dialogues: Dialogues
) -> Iterator[tuple[RecipientKind, JudgedRecipient, Mapping[tuple[str, int], str]]]:
    """Yield recipients with dialogues among which theirs are. They are asked for by the batch."""
    while batch := list(islice(listed, _BATCH)):
        spoken = dialogues(
            (each.story.lane, attempt.seq) for _, each in batch for attempt in each.story.evidence.attempts
        )
        for kind, recipient in batch:
            yield kind, recipient, spoken


def _living(counts: ReportCounts, rows: Sequence[Sequence[Any]], texts: _Texts) -> list[list[Any]]:
    """Return living recipients that a classifier would suppress and that are not listed, as many as fit."""
    known = texts.all()
    listed = {(known[row[1]], known[row[0]]) for row in rows}
    found: list[tuple[tuple[str, str], list[Any]]] = []
    octets = 0
    for kind, key, gateway, truth in counts.living:
        campaign, recipient = (clipped(each, LONGEST) for each in key)
        if (campaign, recipient) in listed:
            continue
        cells = (recipient, campaign, clipped(gateway, LONGEST), kind.outcome.value, clipped(truth, LONGEST))
        row = [*map(texts, cells), 0, list(kind.wrong)]
        octets += len(json.dumps([recipient, row]))
        if octets > MOST_LIVING_OCTETS:
            break
        found.append(((campaign, recipient), row))
    return [row for _, row in sorted(found, key=lambda each: each[0])]


def _story(
    recipient: JudgedRecipient, classifiers: Iterable[str], spoken: Mapping[tuple[str, int], str], *, as_logged: bool
) -> Iterable[str | _Moment]:
    """Yield what happened, then what each classifier concluded."""
    story = recipient.story
    yield f"mailbox {story.mailbox.value}{', as the log says' if as_logged else ''}"
    events = list(_events(story, spoken))
    yield from events[:MOST_LINES]
    if len(events) > MOST_LINES:
        yield f"... ({len(events) - MOST_LINES:,} more lines)"
    yield clipped(truth_line(story.truth, as_logged=as_logged), LONGEST)
    for name in classifiers:
        reading = recipient.readings.get(name)
        if reading is None:
            yield clipped(f"{name}: no reading (keep)", LONGEST)
            continue
        cause = "no cause" if reading.cause is None else reading.cause.value
        alive = "" if reading.alive is None else f", {reading.alive:.0%} alive"
        words = ("as the log says", "not as the log says") if as_logged else ("right", "wrong")
        right = words[is_error(alive=story.mailbox.alive, suppressed=reading.suppress)]
        yield clipped(f"{name}: {reading.advice} ({right}); {cause}{alive}; {reading.reason}", LONGEST)


def _events(story: Story, spoken: Mapping[tuple[str, int], str]) -> Iterable[str | _Moment]:
    for attempt in story.evidence.attempts:
        lines = attempt_lines(attempt, spoken.get((story.lane, attempt.seq)))
        yield _Moment(moment(attempt.at))
        yield clipped(lines[0], LONGEST)
        yield from (clipped(f"  {line}", LONGEST) for line in lines[1:])
    for row in story.evidence.returned:
        yield _Moment(moment(row.at))
        yield from (clipped(line, LONGEST) for line in returned_lines(row))
