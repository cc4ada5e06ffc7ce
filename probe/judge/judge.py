"""Judges the books of a run: joins them, lets classifiers read them, scores, and checks the gates."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from fake_gateways.truth import Cause
from probe.classify.reading import Advice, ChosenClassifier, Reading
from probe.classify.registry import choose
from probe.classify.spec import REPORTED
from probe.input_error import InputError, one_of
from probe.intake.event import Event
from probe.judge import gates
from probe.judge.classifier_score import Site
from probe.judge.foreign_sender import events_of_foreign_sender, foreign_stories
from probe.judge.join import join
from probe.judge.reported import CauseOf, read_reported, sort_events
from probe.judge.result import JudgedRun
from probe.judge.run_classifier import read_all
from probe.judge.scorecard import AS_DECIDED, NAIVE, Scorecard, naive_of
from probe.judge.story import JudgedRecipient, Key, Story, build_stories, judged, without_lanes
from probe.judge.tally import Tally
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.records.rows import Classification, Mailbox
from probe.scenario.prices import MistakePrices


class BooksError(Exception):
    """Attempts and decisions do not join: a fault of fivefifty, exit code 3."""


def bounds(
    expect: Mapping[str, Any],
    classifiers: Iterable[str],
    *,
    gateways: Iterable[str],
    campaigns: Iterable[str],
    place: str,
) -> list[gates.Bound]:
    """Read gates against a scorecard of zeros; raises InputError, also for a classifier that does not read the run."""
    sites = dict.fromkeys(gateways, Site("", 0))
    card = Tally(classifiers, NAIVE).scorecard(Scorecard("", 0, "", complete=False), sites, campaigns)
    for name in gates.classifiers_in(expect):
        if name not in card.classifiers:
            remedy = f"name it with --classifier or in the scenario's classifiers, or {one_of(name, card.classifiers)}"
            raise InputError(f"{place}.classifiers.{name}", f"{name} does not read this run", remedy)
    return gates.bounds(expect, dataclasses.asdict(card), place)


def read_stories(ledger: Ledger) -> dict[Key, Story]:
    """Return the stories in the books; raises BooksError if attempts and decisions of a complete run do not join."""
    foreign = frozenset(json.loads(ledger.note("foreign") or "[]"))
    joined = join(ledger.truths(), ledger.attempts(), foreign)
    if ledger.complete and not joined.whole:
        raise BooksError(
            f"{len(joined.orphaned_attempts)} attempts and {len(joined.orphaned_truths)} decisions do not join; "
            f"the first: {next(iter([*joined.orphaned_attempts, *joined.orphaned_truths]))}"
        )
    return build_stories(joined.pairs, _mailboxes(ledger), ledger.returned(), ledger.engagements())


def expect_in_books(ledger: Ledger) -> dict[str, Any]:
    """Return the gates of the scenario in the books, as they are written."""
    found: dict[str, Any] = json.loads(ledger.note("expect") or "{}")
    return found


def bounds_in_books(ledger: Ledger, classifiers: Iterable[str], more: Iterable[str] = ()) -> list[gates.Bound]:
    """Read the gates of the scenario in the books, and ``more`` as written on the command line.

    Raises InputError.
    """
    names = {
        "classifiers": list(classifiers),
        "gateways": [each.name for each in ledger.gateways()],
        "campaigns": json.loads(ledger.note("campaigns") or "[]"),
    }
    found = bounds(expect_in_books(ledger), place=f"{ledger.path}: expect", **names)
    for text in more:
        found += bounds(gates.from_text(text), place="--gate", **names)
    return found


def judge(
    ledger: Ledger,
    classifiers: Sequence[ChosenClassifier],
    *,
    bound: Sequence[gates.Bound] = (),
    reported: tuple[Iterable[Event], CauseOf] | None = None,
    prices: MistakePrices | None = None,
) -> JudgedRun:
    """Let the classifiers read the books, score them, and write their advice into the books.

    ``reported`` are the events of another system's log and the causes of its classes; they are scored as a classifier.
    Raises BooksError, ClassifierError, and InputError for an unknown class.
    """
    is_foreign = ledger.note("transport") == "foreign"
    if is_foreign and reported is None:
        problem = "holds mail of another sender, and the replies that it got are in its own log"
        raise InputError(ledger.path, problem, "give that log with --reported and --format")
    events = None
    if is_foreign and reported is not None:
        truths = list(ledger.truths())
        mailboxes = _mailboxes(ledger)
        events = events_of_foreign_sender(reported[0], truths, mailboxes)
        stories = foreign_stories(events, truths, mailboxes, ledger.returned())
    else:
        stories = read_stories(ledger)
        if reported is not None:
            first_attempts = {key: story.evidence.attempts[0].at for key, story in stories.items()}
            ids = {each.message_id: key[0] for key, story in stories.items() for each in story.evidence.attempts}
            events = sort_events(reported[0], first_attempts, ids)
    shown = without_lanes(stories)
    readings: dict[str, Mapping[Key, Reading]] = {}
    for each in {chosen.name: chosen for chosen in (*choose([NAIVE]), *classifiers)}.values():
        with each.open() as classifier:
            readings[each.name] = read_all(each.name, classifier, shown)
    names = [each.name for each in classifiers]
    if events is not None and reported is not None:
        cause_of = reported[1]
        readings[REPORTED] = {key: read_reported(events.events.get(key, ()), cause_of) for key in stories}
        names.insert(0, REPORTED)
    for name in names:
        ledger.replace(
            name,
            (
                Classification(name, *key, reading.cause, reading.advice, reading.alive, reading.reason)
                for key, reading in readings[name].items()
            ),
        )
    recipients = partial(judged, stories, readings)
    tally = Tally(names, naive_of(readings))
    for recipient in recipients():
        tally.count(recipient)
    for row in ledger.returned():
        tally.count_returned(row)
    card = _scorecard(ledger, tally, prices or prices_of(ledger))
    figures = dataclasses.asdict(card)
    return JudgedRun(card, [gates.judge(each, figures) for each in bound], recipients, events)


def _scorecard(ledger: Ledger, tally: Tally, prices: MistakePrices) -> Scorecard:
    card = Scorecard(
        ledger.note("scenario") or "",
        int(ledger.note("seed") or 0),
        ledger.note("transport") or "",
        complete=ledger.complete,
        recipients=ledger.planned_deliveries,
        attempts=ledger.count(Attempt),
        books=ledger.digest(),
        truth_is=ledger.note("truth_is") or AS_DECIDED,
    )
    sites = {each.name: Site(each.persona, each.mailboxes) for each in ledger.gateways()}
    return tally.scorecard(card, sites, json.loads(ledger.note("campaigns") or "[]"), prices)


def prices_of(ledger: Ledger) -> MistakePrices:
    """Return the prices of the scenario in the books."""
    return MistakePrices.model_validate_json(ledger.note("prices") or "{}")


def judged_before(ledger: Ledger, classifiers: Collection[str]) -> Iterator[JudgedRecipient]:
    """Yield the recipients with the readings in the books, from the last time that these classifiers read them."""
    readings: dict[str, dict[Key, Reading]] = {}
    for row in ledger.classifications():
        if row.classifier not in classifiers:
            continue
        cause = None if row.cause is None else Cause(row.cause)
        reading = Reading(cause, row.reason, row.alive, Advice(row.advice))
        readings.setdefault(row.classifier, {})[row.campaign, row.recipient] = reading
    return judged(read_stories(ledger), readings)


def classifiers_before(ledger: Ledger, wanted: Collection[str] = ()) -> list[str]:
    """Return the classifiers that read the books before, or those ``wanted``; raises InputError if one never did."""
    known = sorted({row.classifier for row in ledger.classifications()})
    for name in wanted:
        if name not in known:
            problem = f"has no advice of classifier {name}"
            raise InputError(ledger.path, problem, f"it has: {', '.join(known) or 'none'}; see fivefifty check")
    return list(wanted or known)


def _mailboxes(ledger: Ledger) -> dict[str, Mailbox]:
    return {mailbox.address: mailbox for mailbox in ledger.mailboxes()}
