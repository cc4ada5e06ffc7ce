"""Runs scenarios in memory and returns their cases: what the evidence finds, and whether the mailbox is alive."""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from fake_gateways import persona
from fake_gateways.truth import Cause, Fault
from probe.classify.by_code import ByCode
from probe.classify.context.arrivals import gather
from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import weigh
from probe.classify.context.reader import Reader, blames_recipient, case_of, speaks_of_recipient
from probe.classify.context.refusal import refusal_of
from probe.classify.context.retests import is_retest, refusals
from probe.classify.context.weights import AGAIN, Sum, Weights
from probe.classify.evidence import Evidence
from probe.studies.fit.families import draw
from probe.studies.in_memory_run import InMemoryRun, run_in_memory

UNMOVED: Final = Sum(0.0, (1.0, *[0.0] * (len(AGAIN) - 1)))
"""A second verdict that equals the first."""
_CODE: Final = ByCode()
MADE_UP: Final = "made-up"
"""In place of the name of a made-up vendor."""


class Refused(NamedTuple):
    """A first refusal: what the functions found, whether the mailbox is alive, and where it comes from.

    ``raw`` are figures that only the upper reference uses. ``of_recipient`` says that words or numbers speak of the
    recipient, ``about_recipient`` that the refusal really was about it, ``by_code`` that the naive reading suppresses
    it.
    """

    family: str
    scenario: str
    persona: str
    found: tuple[float, ...]
    raw: tuple[float, ...]
    alive: bool
    of_recipient: bool
    about_recipient: bool
    by_code: bool


class RefusedAgain(NamedTuple):
    """A recipient that was refused again in a further test: the case of a second verdict."""

    scenario: str
    persona: str
    first_verdict: float
    refused_again: tuple[float, ...]
    alive: bool


class FamilyRun(NamedTuple):
    """A finished run of a scenario, and the family of the scenario."""

    family: str
    run: InMemoryRun


def run_family(family: str, seed: int) -> FamilyRun:
    """Run a scenario of a family in memory."""
    with tempfile.TemporaryDirectory() as folder:
        return FamilyRun(family, run_in_memory(draw(family, seed).load_in(Path(folder))))


def first_refusals(finished: FamilyRun) -> Iterator[Refused]:
    """Yield a case for each recipient that was refused or reported, as known before any further test."""
    for campaign in finished.run.campaigns.values():
        evidence = {recipient: before_any_test(story.evidence) for recipient, story in campaign.items()}
        around = gather(evidence.values())
        for recipient, story in campaign.items():
            case = case_of(evidence[recipient], around)
            if case is None or story.truth is None:
                continue
            yield Refused(
                finished.family,
                finished.run.name,
                _vendor(finished.run.personas[story.truth.gateway]),
                tuple(weigh(case)),
                _raw(case, evidence[recipient]),
                story.mailbox.alive,
                blames_recipient(case, evidence[recipient]),
                story.truth.cause is not None and Cause(story.truth.cause).fault is Fault.RECIPIENT,
                _CODE.classify(evidence[recipient]).suppress,
            )


def second_refusals(finished: FamilyRun, weights: Weights) -> Iterator[RefusedAgain]:
    """Yield a case for each recipient that was refused again, given the weights of the first verdict."""
    for campaign in finished.run.campaigns.values():
        evidence = {recipient: story.evidence for recipient, story in campaign.items()}
        around = gather(evidence.values())
        reader = Reader(around, weights)
        for story in campaign.values():
            refused = refusals(story.evidence)
            if len(refused) < 2 or refused[-1] is not story.evidence.last or story.truth is None:
                continue
            case = RefusalCase(refusal_of(story.evidence, refused[0]), around)
            if blames_recipient(case, story.evidence) and speaks_of_recipient(story.evidence):
                first, _ = reader.first_verdict(case)
                yield RefusedAgain(
                    finished.run.name,
                    _vendor(finished.run.personas[story.truth.gateway]),
                    first,
                    reader.refused_again(case, story.evidence, first),
                    story.mailbox.alive,
                )


def before_any_test(evidence: Evidence) -> Evidence:
    """Return the evidence on a recipient before any further test."""
    attempts = evidence.attempts
    first = tuple(each for place, each in enumerate(attempts) if not is_retest(each, attempts[:place]))
    return evidence if len(first) == len(attempts) else dataclasses.replace(evidence, attempts=first)


def _raw(case: RefusalCase, evidence: Evidence) -> tuple[float, ...]:
    """Return figures that only the upper reference uses."""
    run, position, overall = case.run, case.position, case.overall
    attempt = refusals(evidence)[0]
    words = len(overall)
    raw: list[Any] = [
        case.rank,
        words,
        overall.refused / words if words else 0,
        run.length if run else 0,
        run.last - run.first if run else 0,
        run.first - (run.accepted_before or run.first) if run else 0,
        (run.accepted_after or run.last) - run.last if run else 0,
        len(case.series),
        case.series.refused / max(1, len(case.series)),
        position.from_source / max(1, len(case.series)) if position else 0,
        attempt.code or 0,
        attempt.position,
        attempt.duration_s,
        len(case.exchanger.sources),
        len(case.observations.exchangers),
        len(evidence.before),
    ]
    return tuple(map(float, raw))


def _vendor(name: str) -> str:
    return name if name in persona.names() else MADE_UP
