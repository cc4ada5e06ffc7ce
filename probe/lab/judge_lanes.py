"""Judges a share of the lanes. Its counts do not grow with the recipients, and can be added in any order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self, cast

from probe.classify.reading import (
    ChosenClassifier,
    Reading,
    RecipientClassifier,
    TwoPassClassifier,
)
from probe.judge.books import CampaignStream, LaneReader
from probe.judge.lane_stories import Orphans
from probe.judge.report_counts import ReportCounts
from probe.judge.run_classifier import observe, read_recipient
from probe.judge.run_classifier import reader as reader_of
from probe.judge.story import JudgedRecipient, Key
from probe.judge.tally import Tally
from probe.lab.garbage import seldom_collected
from probe.ledger import Ledger
from probe.records.rows import Classification


@dataclass(frozen=True, kw_only=True)
class JudgingJob:
    """A share of the lanes, which one process judges.

    ``one_by_one`` are the classifiers that read one recipient at a time, ``two_pass`` those that do so after they have
    ``observed`` all lanes (by classifier and campaign). The readings of those ``written`` go into the books, those of
    ``stored`` are there already. ``scored`` are all that the scorecard shows.
    """

    ledger: Path
    lanes: tuple[str, ...]
    one_by_one: tuple[ChosenClassifier, ...]
    two_pass: tuple[ChosenClassifier, ...]
    written: frozenset[str]
    stored: tuple[str, ...]
    scored: tuple[str, ...]
    naive: str
    observed: Mapping[tuple[str, str], list[bytes]] = field(default_factory=dict)


@dataclass
class JudgedPart:
    """What was counted in some lanes. It does not grow with the recipients, and parts can be added in any order.

    ``tried`` is the number of deliveries with attempts, by lane.
    """

    tally: Tally
    report: ReportCounts
    hashes: dict[str, str] = field(default_factory=dict)
    tried: dict[str, int] = field(default_factory=dict)
    orphans: Orphans = field(default_factory=Orphans)

    @classmethod
    def empty(cls, classifiers: Sequence[str], naive: str) -> Self:
        """Return a part without lanes."""
        return cls(Tally(classifiers, naive), ReportCounts(classifiers, naive))

    def count(self, recipient: JudgedRecipient) -> None:
        """Count a recipient."""
        self.tally.count(recipient)
        self.report.count(recipient)

    def add(self, other: JudgedPart) -> None:
        """Add what was counted in other lanes."""
        self.tally.merge(other.tally)
        self.report.merge(other.report)
        self.hashes.update(other.hashes)
        self.tried.update(other.tried)
        self.orphans = self.orphans.plus(other.orphans)


def judge_lanes(job: JudgingJob) -> JudgedPart:
    """Judge a share of the lanes, and write the readings into the books."""
    part = JudgedPart.empty(job.scored, job.naive)
    with ExitStack() as stack:
        stack.enter_context(seldom_collected())
        ledger = stack.enter_context(Ledger(job.ledger))
        classifiers = _opened(job, stack)
        write = ledger.writer(Classification)
        reader = LaneReader(ledger)
        for lane in job.lanes:
            stories = reader.stories(lane)
            stored = reader.stored(lane, job.stored)
            tried = 0
            for key, story in stories:
                tried += 1
                readings = stored.about(key)
                for name, of_campaign in classifiers:
                    reading = readings[name] = read_recipient(name, of_campaign(key[0]), story.evidence)
                    if name in job.written:
                        write(row_of(name, key, reading, lane))
                part.count(JudgedRecipient(key, story, readings))
            for row in stories.returned:
                part.tally.count_returned(row)
            part.report.end_of_lane()
            part.hashes.update(stories.parts)
            part.tried[lane] = tried
            part.orphans = part.orphans.plus(stories.orphans)
    return part


def observe_lanes(job: JudgingJob) -> dict[tuple[str, str], list[bytes]]:
    """Let classifiers observe a share of the lanes; return what they observed, by classifier and campaign."""
    found: dict[tuple[str, str], list[bytes]] = {}
    with ExitStack() as stack:
        ledger = stack.enter_context(Ledger(job.ledger))
        classifiers = [(each.name, stack.enter_context(each.open())) for each in job.two_pass]
        reader = LaneReader(ledger)
        for campaign in ledger.campaigns:
            for lane in job.lanes:
                for name, classifier in classifiers:
                    evidence = CampaignStream(reader, campaign, [lane])
                    seen = observe(name, cast("TwoPassClassifier[object]", classifier), evidence)
                    found.setdefault((name, campaign), []).append(seen)
    return found


def _opened(job: JudgingJob, stack: ExitStack) -> list[tuple[str, Callable[[str], RecipientClassifier]]]:
    """Open the classifiers that read one recipient at a time; each comes as a function of the campaign."""
    found: list[tuple[str, Callable[[str], RecipientClassifier]]] = []
    for each in job.one_by_one:
        one = cast("RecipientClassifier", stack.enter_context(each.open()))
        found.append((each.name, partial(_same, one)))
    for each in job.two_pass:
        two_pass = cast("TwoPassClassifier[object]", stack.enter_context(each.open()))
        readers = {
            campaign: reader_of(name, two_pass, observed)
            for (name, campaign), observed in job.observed.items()
            if name == each.name
        }
        found.append((each.name, readers.__getitem__))
    return found


def _same(classifier: RecipientClassifier, campaign: str) -> RecipientClassifier:
    del campaign
    return classifier


def row_of(classifier: str, key: Key, reading: Reading, lane: str) -> Classification:
    """Return the row of a reading."""
    return Classification(classifier, *key, reading.cause, str(reading.advice), reading.alive, reading.reason, lane)
