"""Judges the books of a run: joins them, lets classifiers read, scores, and holds the figures against the gates."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from probe.classify.reading import Advice, Chosen, Reading
from probe.classify.registry import BASELINES, REPORTED, choose
from probe.input_error import InputError
from probe.intake.event import Event
from probe.judge import foreign_sender as served
from probe.judge import gates
from probe.judge import scorecard as score
from probe.judge.baseline import Known, Mistakes, Worsening, mistakes, worsenings
from probe.judge.classifier_score import Site, score_classifier
from probe.judge.compare import advice_of
from probe.judge.findings import Finding, of_baseline, of_gates
from probe.judge.join import join
from probe.judge.prices import Prices
from probe.judge.reported import CauseOf, Reported, gather, read_reported
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story, blinded, stories
from probe.lab.prepare import Setting
from probe.ledger import Attempt, Classification, KnownGateway, Ledger, Mailbox, Planned

SCORECARD: Final = "scorecard.json"


class BooksError(Exception):
    """The two books do not join: our bug, exit code 3."""


@dataclass(frozen=True)
class Result:
    """What a run came to: figures, gates, and whoever read it on whom.

    ``reported`` is what another system said of it, as far as it was asked for.
    """

    scorecard: score.Scorecard
    gates: list[gates.Gate]
    told: Mapping[Key, Story] = field(default_factory=dict)
    readings: Mapping[str, Mapping[Key, Reading]] = field(default_factory=dict)
    reported: Reported | None = None

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return all(gate.passed for gate in self.gates)

    @property
    def mistakes(self) -> dict[str, Mistakes]:
        """Whom each classifier is wrong about."""
        return {name: mistakes(self.told, advice_of(self.readings[name])) for name in self.scorecard.classifiers}

    def worsenings(self, known: Known) -> list[Worsening]:
        """What got worse since somebody last looked."""
        return list(worsenings(known, self.mistakes))

    def findings(self, known: Known | None = None) -> list[Finding]:
        """Return what became of every gate, and of every kind of mistake that a baseline knows."""
        found = list(of_gates(self.gates, self.told, self.readings))
        if known is not None:
            found += of_baseline(known, self.mistakes, self.told, self.readings)
        return found

    def figures(self) -> dict[str, Any]:
        """Return the scorecard as scorecard.json holds it (schema 1)."""
        return {
            "schema": 1,
            **dataclasses.asdict(self.scorecard),
            "gates": [dataclasses.asdict(gate) for gate in self.gates],
        }

    def write(self, folder: Path) -> None:
        """Write scorecard.json into a folder, in place of an old one only when it is whole."""
        scorecard = folder / SCORECARD
        unfinished = scorecard.with_name(f".{SCORECARD}")
        unfinished.write_text(json.dumps(self.figures(), indent=2) + "\n", "utf-8")
        unfinished.replace(scorecard)


def open_books(ledger: Ledger, setting: Setting, transport: str) -> None:
    """Write into new books whose they are, and what is true of gateways and mailboxes."""
    scenario = setting.loaded.scenario
    ledger.note("complete", "no")
    ledger.note("scenario", scenario.name)
    ledger.note("title", scenario.title)
    ledger.note("seed", str(scenario.seed))
    ledger.note("transport", transport)
    ledger.note("campaigns", json.dumps([each.name for each in scenario.campaign]))
    ledger.note("foreign", json.dumps(sorted(setting.foreign)))
    ledger.note("expect", json.dumps(scenario.expect))
    ledger.note("prices", scenario.prices.model_dump_json())
    ledger.add(
        KnownGateway(
            company.name,
            company.persona.name,
            company.host,
            company.address,
            len(setting.directories[company.name].states),
        )
        for company in setting.companies
    )
    ledger.add(
        Mailbox(address, name, state, directory.left_at.get(address))
        for name, directory in setting.directories.items()
        for address, state in directory.states.items()
    )


def bounds(
    expect: Mapping[str, Any],
    classifiers: Iterable[str],
    *,
    gateways: Iterable[str],
    campaigns: Iterable[str],
    place: str,
    others: Iterable[str] = (),
) -> list[gates.Bound]:
    """Read gates against a scorecard of zeros; raises InputError.

    Those on ``others``, classifiers that are known and do not read this time, fall away.
    """
    card = score.Scorecard("", 0, "", complete=False)
    score.score_truth(card, {}, {}, list(gateways), list(campaigns))
    reading = set(classifiers)
    card.classifiers = {name: score_classifier({}, {}) for name in (*reading, *BASELINES, *others)}
    found = gates.bounds(expect, dataclasses.asdict(card), place)
    return [bound for bound in found if bound.path[0] != "classifiers" or bound.path[1] in reading]


def told_of(ledger: Ledger) -> dict[Key, Story]:
    """Join the books; raises BooksError where that cannot be done."""
    foreign = frozenset(json.loads(ledger.note("foreign") or "[]"))
    joined = join(ledger.truths(), ledger.attempts(), foreign)
    if ledger.complete and not joined.whole:
        raise BooksError(
            f"{len(joined.orphaned_attempts)} attempts and {len(joined.orphaned_truths)} decisions join nothing; "
            f"the first: {next(iter([*joined.orphaned_attempts, *joined.orphaned_truths]))}"
        )
    return stories(joined.pairs, _mailboxes(ledger), ledger.returned(), ledger.engagements())


def judge(
    ledger: Ledger,
    classifiers: Sequence[Chosen],
    *,
    bound: Sequence[gates.Bound] = (),
    reported: tuple[Iterable[Event], CauseOf] | None = None,
    prices: Prices | None = None,
) -> Result:
    """Let the classifiers read, and score them; their word goes into the books.

    ``reported`` is what another system says, and what its classes stand for: it is scored as a classifier. Raises
    BooksError, ClassifierError, and InputError for a class that nobody knows.
    """
    is_served = ledger.note("transport") == "foreign"
    if is_served and reported is None:
        problem = "holds what others sent to our gateways, of which we do not know what they heard"
        raise InputError(ledger.path, problem, "give their log with --reported and --format")
    said = None
    if is_served and reported is not None:
        truths = list(ledger.truths())
        mailboxes = _mailboxes(ledger)
        said = served.gather_served(reported[0], truths, mailboxes)
        told = served.served_stories(said, truths, mailboxes, ledger.returned())
    else:
        told = told_of(ledger)
        if reported is not None:
            begun = {key: story.evidence.attempts[0].at for key, story in told.items()}
            ids = {each.message_id: key[0] for key, story in told.items() for each in story.evidence.attempts}
            said = gather(reported[0], begun, ids)
    shown = blinded(told)
    readings: dict[str, Mapping[Key, Reading]] = {}
    for each in {chosen.name: chosen for chosen in (*choose([score.NAIVE]), *classifiers)}.values():
        with each.open() as classifier:
            readings[each.name] = read_all(each.name, classifier, shown)
    names = [each.name for each in classifiers]
    if said is not None and reported is not None:
        cause_of = reported[1]
        readings[REPORTED] = {key: read_reported(said.events.get(key, ()), cause_of) for key in told}
        names.insert(0, REPORTED)
    for name in names:
        ledger.replace(
            name,
            (
                Classification(name, *key, reading.cause, reading.advice, reading.alive, reading.reason)
                for key, reading in readings[name].items()
            ),
        )
    card = _scorecard(ledger, told, readings, names, prices)
    figures = dataclasses.asdict(card)
    return Result(card, [gates.judge(each, figures) for each in bound], told, readings, said)


def _scorecard(
    ledger: Ledger,
    told: Mapping[Key, Story],
    readings: Mapping[str, Mapping[Key, Reading]],
    names: Iterable[str],
    prices: Prices | None,
) -> score.Scorecard:
    sites = {each.name: Site(each.persona, each.mailboxes) for each in ledger.gateways()}
    card = score.Scorecard(
        ledger.note("scenario") or "",
        int(ledger.note("seed") or 0),
        ledger.note("transport") or "",
        complete=ledger.complete,
    )
    card.recipients = ledger.count(Planned) or len(told)
    card.attempts = ledger.count(Attempt)
    naive = readings.get(REPORTED, readings[score.NAIVE])
    score.score_truth(card, told, naive, list(sites), json.loads(ledger.note("campaigns") or "[]"))
    score.score_returned(card, list(ledger.returned()))
    paid = prices or prices_of(ledger)
    card.classifiers = {name: score_classifier(told, readings[name], sites, paid) for name in names}
    card.books = ledger.digest()
    return card


def prices_of(ledger: Ledger) -> Prices:
    """Return the prices of the scenario that the books are of."""
    return Prices.model_validate_json(ledger.note("prices") or "{}")


def said_before(ledger: Ledger, classifier: str) -> dict[Key, Advice]:
    """Return what a classifier advised when the books were last judged; raises InputError where it never read them."""
    found: dict[Key, Advice] = {}
    known: set[str] = set()
    for row in ledger.classifications():
        known.add(row.classifier)
        if row.classifier == classifier:
            found[row.campaign, row.recipient] = Advice(row.advice)
    if not found:
        problem = f"holds no word of classifier {classifier}"
        raise InputError(ledger.path, problem, f"it has: {', '.join(sorted(known)) or 'none'}; see fivefifty check")
    return found


def _mailboxes(ledger: Ledger) -> dict[str, Mailbox]:
    return {mailbox.address: mailbox for mailbox in ledger.mailboxes()}
