"""Prints how the context classifier holds out where one thing is varied: ``.venv/bin/python tests/bench_sweeps.py``.

For each point: of the living, whom ``code`` suppresses, and whom ``context`` does at the first verdict and after a
further attempt; of the gone, whom ``context`` keeps at the first verdict and after it.
"""

from __future__ import annotations

import random

from probe import evaluating
from probe.check.read import read_all
from probe.check.story import Key, Story
from probe.classify.by_code import ByCode
from probe.classify.context import Context
from probe.rehearsal import rehearse, with_retest
from probe.scenario.load import check
from probe.scenario.sending import Retest
from probe.training.cases import MESSAGES
from probe.training.sweeps import Point, points


def told_of(point: Point, *, tested: bool) -> dict[Key, Story]:
    """Return the stories of a point, spoiled as it says."""
    loaded = check(point.scenario, folder=MESSAGES, path=point.value)
    done = rehearse(with_retest(loaded, Retest(message="plain.eml")) if tested else loaded)
    if point.spoil is None:
        return done.stories
    rng = random.Random(point.value)
    return {
        key: story._replace(evidence=point.spoil(story.evidence, rng)) for key, story in done.stories.items()
    }  # fmt: skip


def main() -> None:
    """Print a line for each point."""
    print(f"{'':56} {'living':>7} {'code':>6} {'first':>6} {'tested':>6}  {'gone':>6} {'first':>6} {'tested':>6}")
    for point in points():
        plain, tested = told_of(point, tested=False), told_of(point, tested=True)
        code = read_all("code", ByCode(), plain)
        by_code = evaluating.errors(plain, code, code)
        first = evaluating.errors(plain, read_all("context", Context(), plain), code)
        last = evaluating.errors(tested, read_all("context", Context(), tested), code)
        print(
            f"{point.sweep:18} {point.value:37} {first.living:7,} {by_code.suppressed:6,} {first.suppressed:6,} "
            f"{last.suppressed:6,}  {first.gone:6,} {first.missed:6,} {last.missed:6,}",
            flush=True,
        )


if __name__ == "__main__":
    main()
