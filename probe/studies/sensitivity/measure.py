"""Runs campaigns that differ in one thing at a time, and counts the errors of each classifier."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from probe.classify.registry import choose
from probe.judge.run_classifier import read_all
from probe.judge.story import Key, Story
from probe.lab import processes
from probe.scenario.load import check
from probe.scenario.sending import Retest
from probe.studies.evaluate.figures import count_errors, retested
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
    errors = {}
    for chosen in choose(names):
        with chosen.open() as classifier:
            found = count_errors(plain, read_all(chosen.name, classifier, plain))
            again = count_errors(tested, read_all(chosen.name, classifier, tested))
        errors[chosen.name] = found
        # Shares are of those alive and gone at the first attempts: some leave before the retest.
        errors[retested(chosen.name)] = replace(
            found, wrongly_suppressed=again.wrongly_suppressed, missed_dead=again.missed_dead
        )
    return SensitivityResult(point.sweep, point.value, errors)


def _stories(point: SensitivityPoint, *, tested: bool) -> dict[Key, Story]:
    """Return the stories of a point, with its evidence degraded."""
    loaded = check(point.scenario, folder=MESSAGES, path=point.value)
    finished = run_in_memory(with_retest(loaded, _RETEST) if tested else loaded)
    if point.degrade is None:
        return finished.stories
    rng = random.Random(point.value)  # noqa: S311 - must be repeatable
    return {key: story._replace(evidence=point.degrade(story.evidence, rng)) for key, story in finished.stories.items()}
