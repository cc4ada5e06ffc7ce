"""The part ``wire``: runs worlds by seed through a bad network."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load
from simulation.laws import (
    books_join,
    card_adds_up,
    every_run_ends,
    final_word,
    same_books,
    sender_keeps_limits,
    sent_once,
)
from simulation.laws.all_laws import broken_laws
from simulation.laws.classifiers import classifiers_of
from simulation.laws.law import Law
from simulation.laws.left import Left, Run
from simulation.part import Failure, Tried, check_numbered, numbered
from simulation.wire.proxied_run import run_proxied
from simulation.worlds import draw_world

CUTS: Final = (0.05, 0.3, 1.0)
"""Shares of connections that are lost, in every second world."""
HALF: Final = 0.5
WHOLE: Final[tuple[Law, ...]] = (every_run_ends.LAW, same_books.LAW)
"""The laws of a network that loses nothing."""
WITH_CUTS: Final[tuple[Law, ...]] = (
    every_run_ends.LAW,
    books_join.LAW,
    final_word.LAW,
    sent_once.LAW,
    sender_keeps_limits.LAW,
    card_adds_up.LAW,
)
"""The laws that hold although connections are lost."""


@dataclass(frozen=True)
class Wire:
    """Worlds through a proxy. Without cuts the books are those of memory; with cuts the laws hold."""

    name: str = "wire"
    weight: int = 1

    def cases(self, seed: str) -> Iterator[str]:
        """Yield the seeds of worlds, without end."""
        return numbered(seed)

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Try one world."""
        check_numbered(case)
        world = draw_world(case)
        rng = random.Random(f"wire:{case}")
        cuts = rng.choice(CUTS) if rng.random() < HALF else 0.0
        loaded = load(world.write(folder / "world"))
        run, proxy = run_proxied(loaded, folder / "proxied", rng, cuts)
        for noun in ("connections", "pieces", "lost_connections"):
            tried.count(noun.replace("_", " "), getattr(proxy, noun))
        tried.count("worlds")
        if cuts:
            left, laws = Left(world, loaded, [run]), WITH_CUTS
        else:
            memory = Run("memory", folder / "memory")
            options = Options(transport="memory", workers=1, out=memory.folder, classifiers=classifiers_of(loaded))
            memory.result = run_scenario(prepare(loaded), options)
            left, laws = Left(world, loaded, [memory, run]), WHOLE
        tried.failures += (Failure(self.name, case, f"{law}: {what}") for law, what in broken_laws(left, laws)[:1])
