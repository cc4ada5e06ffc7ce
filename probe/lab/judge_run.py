"""Judges the books of a run: judges its lanes, in this process or in several, and adds up their counts."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, cast

from probe.classify.reading import (
    CampaignClassifier,
    ChosenClassifier,
    ClassifierError,
    Reading,
    is_recipient_classifier,
    is_stream_classifier,
    is_two_pass_classifier,
)
from probe.classify.registry import choose
from probe.classify.spec import REPORTED
from probe.input_error import InputError
from probe.intake.event import Event
from probe.judge import gates
from probe.judge.books import CampaignStream, LaneReader, judged_in, judging, prices_of, require_whole
from probe.judge.classifier_score import Site
from probe.judge.foreign_sender import events_of_foreign_sender, foreign_stories
from probe.judge.report_counts import ReportCounts
from probe.judge.reported import CauseOf, ReportedEvents, read_reported, sort_events
from probe.judge.result import JudgedRun
from probe.judge.run_classifier import read_all, read_campaign, read_stream
from probe.judge.scorecard import AS_DECIDED, NAIVE, Scorecard, naive_of
from probe.judge.story import JudgedRecipient, Key, judged
from probe.judge.watched import watch_score
from probe.lab.judge_lanes import JudgedPart, JudgingJob, judge_lanes, observe_lanes, row_of
from probe.lab.processes import WorkerEndedError, as_completed
from probe.lab.shares import processes_for, share_out
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.records.parts import books_hash
from probe.records.rows import Classification
from probe.scenario.prices import MistakePrices

OnJudged = Callable[[int, int], None]
"""Gets the number of deliveries that are judged, and that of all."""
MapLanes = Callable[[Callable[[JudgingJob], Any], JudgingJob], Iterator[Any]]
"""Runs a function on all lanes, in one process or in several, and yields what it returns."""
Log = tuple[Iterable[Event], CauseOf]
"""The events of another system's log, and the causes of its classes."""


@dataclass
class _Kinds:
    """Classifiers by the way in which they read: one recipient at a time, in two passes, or whole campaigns."""

    one_by_one: list[ChosenClassifier] = field(default_factory=list)
    two_pass: list[ChosenClassifier] = field(default_factory=list)
    together: list[ChosenClassifier] = field(default_factory=list)


def judge_run(
    folder: Path,
    classifiers: Sequence[ChosenClassifier],
    *,
    bound: Sequence[gates.Bound] = (),
    reported: Log | None = None,
    prices: MistakePrices | None = None,
    workers: int | None = None,
    tell: OnJudged = lambda *_: None,
) -> JudgedRun:
    """Let the classifiers read the books of a run, score them, and write their advice into the books.

    ``reported`` is scored as a classifier. ``workers`` is the number of processes, None for one that fits the run.
    ``tell`` gets the progress. Raises InputError, BooksError and ClassifierError.
    """
    with Ledger.open(folder) as ledger:
        if ledger.note("transport") == "foreign":
            return _judge_foreign(ledger, classifiers, bound, reported, prices)
        with ledger.shared():
            work = partial(_map_lanes, ledger, workers, tell)
            return _judge(ledger, classifiers, bound, reported=reported, prices=prices, work=work)


def _judge(
    ledger: Ledger,
    classifiers: Sequence[ChosenClassifier],
    bound: Sequence[gates.Bound],
    *,
    reported: Log | None,
    prices: MistakePrices | None,
    work: MapLanes,
) -> JudgedRun:
    names = [each.name for each in classifiers]
    events = None if reported is None else _events_of(ledger, reported[0])
    if reported is not None and events is not None:
        names.insert(0, REPORTED)
    kinds = _sorted_by_kind(classifiers)
    stored = [each.name for each in kinds.together]
    if events is not None:
        stored.append(REPORTED)
    if NAIVE not in names:
        kinds.one_by_one += choose([NAIVE])
    job = JudgingJob(
        ledger=ledger.path,
        lanes=(),
        one_by_one=tuple(kinds.one_by_one),
        two_pass=tuple(kinds.two_pass),
        written=frozenset(names),
        stored=tuple(stored),
        scored=tuple(names),
        naive=naive_of(names),
    )
    part = _judge_elsewhere(ledger, job)
    with judging(ledger, names):
        for each in kinds.together:
            _read_together(ledger, each)
        if reported is not None and events is not None:
            _write_reported(ledger, events, reported[1])
        if job.two_pass:
            job = dataclasses.replace(job, observed=_observed(job, work))
        for found in work(judge_lanes, job):
            part.add(found)
    if ledger.complete:
        require_whole(ledger, part.tried, part.orphans)
    card = _scorecard(ledger, part, prices or prices_of(ledger))
    return _judged(card, bound, part.report, partial(judged_in, ledger.path, names), events)


def _judged(
    card: Scorecard,
    bound: Sequence[gates.Bound],
    counts: ReportCounts,
    recipients: Callable[[], Iterable[JudgedRecipient]],
    events: ReportedEvents | None,
) -> JudgedRun:
    figures = dataclasses.asdict(card)
    return JudgedRun(card, [gates.judge(each, figures) for each in bound], counts, recipients, events)


def _map_lanes(
    ledger: Ledger, workers: int | None, tell: OnJudged, work: Callable[[JudgingJob], Any], job: JudgingJob
) -> Iterator[Any]:
    """Divide all lanes among processes, and yield what each share has found."""
    lanes = list(ledger.known_lanes())
    total = sum(lane.planned for lane in lanes)
    wanted = workers or processes_for(total, len(lanes))
    if any(each.again is None for each in (*job.one_by_one, *job.two_pass)):
        wanted = 1
    ledger.flush()
    shares = share_out(lanes, lambda lane: lane.planned, wanted)
    jobs = [dataclasses.replace(job, lanes=tuple(lane.name for lane in share)) for share in shares]
    judged = 0
    tell(judged, total)
    try:
        with closing(as_completed(work, jobs, min(wanted, len(jobs)), partial(_forgotten, ledger))) as found:
            for number, each in found:
                yield each
                judged += sum(lane.planned for lane in shares[number])
                tell(judged, total)
    except WorkerEndedError as error:
        raise ClassifierError(f"a classifier ended its process ({error})") from None


def _forgotten(ledger: Ledger, job: JudgingJob) -> JudgingJob:
    """Delete the readings that a killed worker wrote, and return its job."""
    for name in job.written - {*job.stored}:
        for lane in job.lanes:
            ledger.forget(name, lane)
    return job


def _observed(job: JudgingJob, work: MapLanes) -> dict[tuple[str, str], list[bytes]]:
    """Return what classifiers that read in two passes observe in all lanes, by classifier and campaign."""
    together: dict[tuple[str, str], list[bytes]] = {}
    for found in work(observe_lanes, job):
        for key, parts in found.items():
            together.setdefault(key, []).extend(parts)
    return together


def count_again(folder: Path, classifiers: Sequence[str]) -> ReportCounts:
    """Return what the report shows of a run that was judged before; raises InputError."""
    with Ledger.open(folder) as ledger:
        job = JudgingJob(
            ledger=ledger.path,
            lanes=(),
            one_by_one=() if NAIVE in classifiers else choose([NAIVE]),
            two_pass=(),
            written=frozenset(),
            stored=tuple(classifiers),
            scored=tuple(classifiers),
            naive=naive_of(classifiers),
        )
        counts = ReportCounts(classifiers, job.naive)
        for part in _map_lanes(ledger, None, lambda *_: None, judge_lanes, job):
            counts.merge(part.report)
    return counts


def _judge_elsewhere(ledger: Ledger, job: JudgingJob) -> JudgedPart:
    """Count the mail that came back to no lane: real servers send it to the return mailbox of the run."""
    part = JudgedPart.empty(job.scored, job.naive)
    rows, part.hashes = LaneReader(ledger).returned_elsewhere()
    for row in rows:
        part.tally.count_returned(row)
    return part


def _sorted_by_kind(classifiers: Iterable[ChosenClassifier]) -> _Kinds:
    """Sort classifiers by the way in which they read."""
    kinds = _Kinds()
    for each in classifiers:
        with each.open() as classifier:
            if is_two_pass_classifier(classifier):
                kinds.two_pass.append(each)
            elif is_recipient_classifier(classifier):
                kinds.one_by_one.append(each)
            else:
                kinds.together.append(each)
    return kinds


def _read_together(ledger: Ledger, each: ChosenClassifier) -> None:
    """Let a classifier read whole campaigns, one after another, and write its readings."""
    write = ledger.writer(Classification)
    with each.open() as classifier:
        reader = LaneReader(ledger)
        for campaign in ledger.campaigns:
            stream = CampaignStream(reader, campaign, reader.lanes)
            if is_stream_classifier(classifier):
                readings = read_stream(each.name, classifier, stream)
            else:
                whole = {evidence.recipient: evidence for evidence in stream}
                readings = read_campaign(each.name, cast("CampaignClassifier", classifier), whole)
            for recipient, reading in readings:
                write(row_of(each.name, (campaign, recipient), reading, stream.lane_of(recipient)))
    ledger.flush()


def _events_of(ledger: Ledger, events: Iterable[Event]) -> ReportedEvents:
    """Sort the events of another system by the recipients in the books."""
    first_attempts: dict[Key, float] = {}
    ids: dict[str, str] = {}
    for attempt in ledger.attempts():
        key = attempt.campaign, attempt.recipient
        first_attempts[key] = min(attempt.at, first_attempts.get(key, attempt.at))
        ids[attempt.message_id] = attempt.campaign
    return sort_events(events, first_attempts, ids)


def _write_reported(ledger: Ledger, events: ReportedEvents, cause_of: CauseOf) -> None:
    """Write what another system would do about each recipient; raises UnknownNameError."""
    lanes = {(row.campaign, row.recipient): row.lane for row in ledger.planned()}
    ledger.add(
        row_of(REPORTED, key, read_reported(events.events.get(key, ()), cause_of), lane) for key, lane in lanes.items()
    )


def _judge_foreign(
    ledger: Ledger,
    classifiers: Sequence[ChosenClassifier],
    bound: Sequence[gates.Bound],
    reported: Log | None,
    prices: MistakePrices | None,
) -> JudgedRun:
    """Judge mail of another sender by its log, which is read as a whole."""
    if reported is None:
        problem = "holds mail of another sender, and the replies that it got are in its own log"
        raise InputError(ledger.path, problem, "give that log with --reported and --format")
    truths = list(ledger.truths())
    mailboxes = {mailbox.address: mailbox for mailbox in ledger.mailboxes()}
    returned = list(ledger.returned())
    events = events_of_foreign_sender(reported[0], truths, mailboxes)
    stories = foreign_stories(events, truths, mailboxes, (row._replace(lane="") for row in returned))
    readings: dict[str, Mapping[Key, Reading]] = {}
    for each in {chosen.name: chosen for chosen in (*choose([NAIVE]), *classifiers)}.values():
        with each.open() as classifier:
            readings[each.name] = read_all(each.name, classifier, stories)
    readings[REPORTED] = {key: read_reported(events.events.get(key, ()), reported[1]) for key in stories}
    names = [REPORTED, *(each.name for each in classifiers)]
    with judging(ledger, names):
        for name in names:
            ledger.add(row_of(name, key, reading, "") for key, reading in readings[name].items())
    recipients = partial(judged, stories, readings)
    part = JudgedPart.empty(names, REPORTED)
    for recipient in recipients():
        part.count(recipient)
    for row in returned:
        part.tally.count_returned(row)
    part.hashes = ledger.hashes()
    card = _scorecard(ledger, part, prices or prices_of(ledger))
    return _judged(card, bound, part.report, recipients, events)


def _scorecard(ledger: Ledger, part: JudgedPart, prices: MistakePrices) -> Scorecard:
    card = Scorecard(
        ledger.note("scenario") or "",
        int(ledger.note("seed") or 0),
        ledger.note("transport") or "",
        complete=ledger.complete,
        recipients=ledger.planned_deliveries,
        attempts=ledger.count(Attempt),
        books=books_hash(part.hashes),
        truth_is=ledger.note("truth_is") or AS_DECIDED,
    )
    sites = {each.name: Site(each.persona, each.mailboxes) for each in ledger.gateways()}
    watched = ledger.note("watched")
    if watched is not None:
        card.watched = watch_score(watched, ledger.truths(), prices.unseen)
    return part.tally.scorecard(card, sites, ledger.campaigns, prices)
