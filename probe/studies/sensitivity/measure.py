"""Runs campaigns that differ in one thing at a time, and counts whom each classifier would suppress and miss."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from probe.classify.by_code import ByCode
from probe.classify.context import Context
from probe.classify.registry import choose
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story
from probe.lab import processes as workforce
from probe.scenario.load import check
from probe.scenario.sending import Retest
from probe.studies import evaluate as evaluating
from probe.studies.evaluate import FIRST, TESTED
from probe.studies.fit.cases import MESSAGES
from probe.studies.in_memory_run import rehearse, with_retest
from probe.studies.sensitivity.points import Point
from probe.studies.sensitivity.result import Measured, Wrong

_RETEST = Retest(message="plain.eml")


def measure(
    points: Sequence[Point], names: Sequence[str], workers: int, tell: Callable[[int], object]
) -> Iterator[Measured]:
    """Yield what came of each point, in order; ``tell`` hears of what is done."""
    jobs = [(point, tuple(names)) for point in points]
    for found in workforce.in_order(_one, jobs, workers):
        tell(1)
        yield found


def _one(job: tuple[Point, Sequence[str]]) -> Measured:
    point, names = job
    plain, tested = _told(point, tested=False), _told(point, tested=True)
    code = read_all("code", ByCode(), plain)
    wrong = {}
    for chosen in choose(names):
        with chosen.open() as classifier:
            found = evaluating.errors(plain, read_all(chosen.name, classifier, plain), code)
        wrong[chosen.name] = Wrong(found.suppressed, found.missed)
        if chosen.name == FIRST:
            twice = evaluating.errors(tested, read_all(TESTED, Context(), tested), code)
            wrong[TESTED] = Wrong(twice.suppressed, twice.missed)
    counted = evaluating.errors(plain, code, code)
    return Measured(point.sweep, point.value, counted.living, counted.gone, wrong)


def _told(point: Point, *, tested: bool) -> dict[Key, Story]:
    """Return the stories of a point, spoiled as it says."""
    loaded = check(point.scenario, folder=MESSAGES, path=point.value)
    done = rehearse(with_retest(loaded, _RETEST) if tested else loaded)
    if point.spoil is None:
        return done.stories
    rng = random.Random(point.value)  # noqa: S311 - must be repeatable
    return {
        key: story._replace(evidence=point.spoil(story.evidence, rng)) for key, story in done.stories.items()
    }  # fmt: skip
