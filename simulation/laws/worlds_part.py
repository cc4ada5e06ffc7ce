"""The part ``worlds``: draws worlds by seed, runs each in several ways, and holds what was left against the laws."""

from __future__ import annotations

import random
import shutil
from collections.abc import Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from probe.input_error import InputError
from simulation.laws.all_laws import broken_laws
from simulation.laws.canaries import CANARIES, Canary, canary_of
from simulation.laws.law import Broken
from simulation.laws.left import Left
from simulation.laws.regression import REGRESSIONS, keep
from simulation.laws.running import WAYS, run_world
from simulation.laws.shrinking import shrunk
from simulation.part import Failure, Tried, check_numbered, numbered
from simulation.worlds.draw_world import draw_world
from simulation.worlds.world import World


@dataclass(frozen=True)
class Worlds:
    """Worlds by seed. ``regressions`` is where failing ones are written."""

    name: str = "worlds"
    weight: int = 4
    regressions: Path = REGRESSIONS

    def cases(self, seed: str) -> Iterator[str]:
        """Yield the seeds of worlds, without end."""
        return numbered(seed)

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Try one world, or the canary that it has to be."""
        check_numbered(case)
        world = draw_world(case)
        first = canary_of(case)
        if first is not None:
            self._try_canary(world, first, tried, folder)
            return
        tried.met(world.features)
        left = run_world(world, folder / "runs")
        _count(left, tried)
        broken = broken_laws(left)
        if broken:
            self._fail(world, broken, tried, folder)

    def _try_canary(self, world: World, first: int, tried: Tried, folder: Path) -> None:
        others = [canary for canary in CANARIES if canary is not CANARIES[first]]
        random.Random(f"canary:{world.seed}").shuffle(others)
        for canary in (CANARIES[first], *others):
            runs = folder / "canary"
            noticed = notices(canary, world, runs)
            shutil.rmtree(runs, ignore_errors=True)
            if noticed is None:
                continue  # this world has nothing that this one could spoil
            tried.count("canaries")
            tried.count(f"canaries, {canary.name}")
            if canary.law not in {each.law for each in noticed}:
                what = f"the law {canary.law} did not notice the canary {canary.name!r}"
                tried.failures.append(Failure(self.name, world.seed, what, str(noticed)))
            return

    def _fail(self, world: World, broken: list[Broken], tried: Tried, folder: Path) -> None:
        law, what = broken[0]
        runs = folder / "shrinking"

        def fails(smaller: World, ways: Collection[str] = WAYS) -> bool:
            shutil.rmtree(runs, ignore_errors=True)
            with suppress(InputError):
                return law in {each.law for each in broken_laws(run_world(smaller, runs, ways))}
            return False

        # The fewer ways show it, the faster a world is tried.
        few = next((ways for ways in ((), *((way,) for way in WAYS), WAYS) if fails(world, ways)), None)
        if few is None:
            detail = "it does not happen each time"
        else:
            kept = keep(shrunk(world, partial(fails, ways=few)), law, self.regressions)
            detail = f"a small world that shows it: {kept}" if kept else "like worlds that are in tests/regressions"
        tried.failures.append(Failure(self.name, world.seed, f"{law}: {what}", detail))


def notices(canary: Canary, world: World, folder: Path) -> list[Broken] | None:
    """Return the laws that a world breaks if a fault is made in it; None if the fault cannot be made there."""
    with canary.during():
        left = run_world(world, folder, apart=False)  # in one process, where the fault is
        return broken_laws(left) if canary.spoil(left) else None


def _count(left: Left, tried: Tried) -> None:
    runs = list(left.all_runs)
    tried.count("worlds")
    tried.count("runs", len(runs))
    for run in runs:
        if run.has_books:
            tried.count("decisions", len(run.books.truths))
            tried.count("attempts", len(run.books.attempts))
            if run.books.attempts:
                ends = max(row.at + row.duration_s for row in run.books.attempts)
                tried.count("virtual seconds", round(ends - left.loaded.scenario.starts.timestamp()))
