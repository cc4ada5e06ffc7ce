"""Runs scenarios in memory and returns their cases: what the evidence functions say, and who is alive."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from probe import lab
from probe.check.join import join
from probe.check.story import Key, Story, stories
from probe.classify.chosen import choose
from probe.classify.context import gather
from probe.classify.context.case import Case
from probe.classify.context.evidence_functions import weigh
from probe.classify.context.reader import Reader, refusals, speaks_of_recipient
from probe.classify.context.weights import Weights
from probe.classify.evidence import Evidence
from probe.ledger import FILE, Ledger
from probe.scenario.load import Loaded, check
from probe.setting import set_up

MESSAGES: Final = Path(__file__).parent / "messages"


class Refused(NamedTuple):
    """One case: what the functions found, whether the mailbox is alive, and where it comes from."""

    family: str
    scenario: str
    persona: str
    found: tuple[float, ...]
    raw: tuple[float, ...]
    alive: bool
    of_recipient: bool
    about_recipient: bool


def run(raw: dict[str, Any]) -> tuple[dict[Key, Story], dict[str, str]]:
    """Run a scenario in memory; return its stories, and each gateway's persona."""
    return run_loaded(check(raw, folder=MESSAGES, path=raw["name"]))


def run_loaded(loaded: Loaded) -> tuple[dict[Key, Story], dict[str, str]]:
    """Run a scenario that was read and checked."""
    setting = set_up(loaded)
    with tempfile.TemporaryDirectory() as folder:
        lab.run(setting, lab.Options("memory", Path(folder), choose(["always-keep"]), workers=1))
        with Ledger(Path(folder) / FILE) as ledger:
            joined = join(ledger.truths(), ledger.attempts())
            known = {mailbox.address: mailbox for mailbox in ledger.mailboxes()}
            told = stories(joined.pairs, known, ledger.returned(), ledger.engagements())
    return told, {company.name: company.spec.persona for company in setting.companies}


def by_campaign(told: dict[Key, Story]) -> dict[str, dict[str, Story]]:
    """Sort stories by campaign."""
    found: dict[str, dict[str, Story]] = {}
    for (campaign, recipient), story in told.items():
        found.setdefault(campaign, {})[recipient] = story
    return found


def first_refusals(told: dict[Key, Story], personas: dict[str, str], family: str, name: str) -> Iterator[Refused]:
    """Yield a case for everybody who was refused, or reported, without a further test."""
    for campaign in by_campaign(told).values():
        evidence = {recipient: story.evidence for recipient, story in campaign.items()}
        around = gather(evidence)
        Reader(around, _NOTHING).prepare(evidence.values())
        for story in campaign.values():
            case = case_of(story.evidence, around)
            if case is None or story.truth is None:
                continue
            yield Refused(
                family,
                name,
                personas[story.truth.gateway],
                tuple(weigh(case)),
                _raw(case),
                story.mailbox.alive,
                speaks_of_recipient(case),
                story.truth.cause in _ABOUT,
            )


def case_of(evidence: Evidence, around: Any) -> Case | None:
    """Return the case of a recipient, None where there is no refusal to be read."""
    refused = refusals(evidence) if evidence.bounced else ()
    if refused:
        return Case(evidence, refused[0], around)
    return Case(evidence, evidence.last, around) if evidence.report is not None else None


_ABOUT: Final = {"user-unknown", "mailbox-disabled", "address-moved"}
_NOTHING: Final = Weights(0.0, (), (0.0, 1.0, 1.0), 0.0)
_STAGES: Final = ("connect", "ehlo", "mail", "rcpt", "data", "end-of-data", "report")


def _raw(case: Case) -> tuple[float, ...]:
    """Return figures that only the upper reference uses."""
    run, seat, overall = case.run, case.seat, case.place.overall
    words = len(overall.times)
    return (
        float(_STAGES.index(case.stage)),
        float(words),
        overall.refused / words if words else 0.0,
        float(run.length) if run else 0.0,
        run.last - run.first if run else 0.0,
        run.first - (run.began or run.first) if run else 0.0,
        (run.ended or run.last) - run.last if run else 0.0,
        float(len(case.series.times)),
        case.series.refused / max(1, len(case.series.times)),
        seat.from_source / max(1, len(case.series.times)) if seat else 0.0,
        float(case.attempt.code or 0),
        float(case.attempt.position),
        case.attempt.duration_s,
        float(len(case.place.by_source)),
        float(len(case.around.places)),
        float(case.place.patterns.get(case.words.pattern, 0)),
        float(len(case.place.patterns)),
        float(len(case.evidence.before)),
    )


def generate(scenarios: Iterable[tuple[str, dict[str, Any]]]) -> Iterator[Refused]:
    """Run scenarios, each with its family's name, and yield their cases."""
    for family, raw in scenarios:
        told, personas = run(raw)
        yield from first_refusals(told, personas, family, raw["name"])
