"""Runs campaigns that differ in one thing at a time, and counts the errors of each classifier."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

from probe.classify.by_code import ByCode
from probe.classify.context import Context
from probe.classify.registry import choose
from probe.judge.errors import ErrorCounts
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story
from probe.lab import processes
from probe.scenario.load import check
from probe.scenario.sending import Retest
from probe.studies.evaluate.figures import CONTEXT, RETESTED, count_errors
from probe.studies.in_memory_run import MESSAGES, run_in_memory, with_retest
from probe.studies.sensitivity.points import SensitivityPoint
from probe.studies.sensitivity.result import SensitivityResult

_RETEST = Retest(message="plain.eml")


def measure(
    points: Sequence[SensitivityPoint], names: Sequence[str], workers: int, tell: Callable[[int], object]
) -> Iterator[SensitivityResult]:
    """Yield the result of each point, in order; ``tell`` is called with 1 after each."""
    jobs = [(point, tuple(names)) for point in points]
    for found in processes.in_order(_one, jobs, workers):
        tell(1)
        yield found


def _one(job: tuple[SensitivityPoint, Sequence[str]]) -> SensitivityResult:
    point, names = job
    plain, tested = _stories(point, tested=False), _stories(point, tested=True)
    code = read_all("code", ByCode(), plain)
    by_code = count_errors(plain, code, code)
    errors = {}
    for chosen in choose(names):
        with chosen.open() as classifier:
            found = count_errors(plain, read_all(chosen.name, classifier, plain), code)
        errors[chosen.name] = _among(by_code, found)
        if chosen.name == CONTEXT:
            errors[RETESTED] = _among(by_code, count_errors(tested, read_all(RETESTED, Context(), tested), code))
    return SensitivityResult(point.sweep, point.value, errors)


def _among(first: ErrorCounts, found: ErrorCounts) -> ErrorCounts:
    """Return errors as shares of those alive and gone at the first attempts: some leave before the further test."""
    return ErrorCounts(first.alive, found.wrongly_suppressed, first.gone, found.missed_dead)


def _stories(point: SensitivityPoint, *, tested: bool) -> dict[Key, Story]:
    """Return the stories of a point, with its evidence degraded."""
    loaded = check(point.scenario, folder=MESSAGES, path=point.value)
    finished = run_in_memory(with_retest(loaded, _RETEST) if tested else loaded)
    if point.degrade is None:
        return finished.stories
    rng = random.Random(point.value)  # noqa: S311 - must be repeatable
    return {key: story._replace(evidence=point.degrade(story.evidence, rng)) for key, story in finished.stories.items()}
