"""The part ``faults``: in ten small worlds the n-th call of each kind fails once, or from then on, for every n.

The run must then end with the same books, or with one sentence; resumed, it must end with the same books.
"""

from __future__ import annotations

import random
import re
import traceback
from asyncio import CancelledError
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final, NamedTuple

from probe.classify.reading import ChosenClassifier
from probe.input_error import InputError
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario, prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load
from simulation import cpu_time
from simulation.faults.calls import KINDS, Calls, Fault
from simulation.faults.machine import watched
from simulation.faults.ways import WAYS
from simulation.laws.classifiers import classifiers_of
from simulation.part import CaseError, Failure, Tried
from simulation.worlds.world import FILE

WORLDS: Final = Path(__file__).parent / "worlds"
"""Ten small worlds that have little in common."""
_WAYS: Final = ("memory", "tcp", "two")
"""The ways of which every call fails."""
FEW: Final = 12
"""Faults that are tried in a world before those of the next one."""
MOST_CPU_S: Final = 30.0
_ONCE: Final = {"once": False, "ever": True}
_NUMBER: Final = re.compile("[1-9][0-9]{0,17}")


class Whole(NamedTuple):
    """What an undisturbed run left, and the calls that it made."""

    card: dict[str, Any]
    calls: dict[str, int]


_ENDS: Final = (Exception, CancelledError, SystemExit, cpu_time.IsOverError, BaseExceptionGroup)
"""What ends a run that should have ended otherwise: anything but Ctrl-C."""


@dataclass(frozen=True)
class Faults:
    """Faults, named by world, way, kind, once or ever, and number."""

    name: str = "faults"
    weight: int = 2

    def cases(self, seed: str) -> Iterator[str]:
        """Yield every fault once, a few of each world in turn."""
        rng = random.Random(f"faults:{seed}")
        places = [(world.name, way) for world in sorted(WORLDS.iterdir()) for way in _WAYS]
        rng.shuffle(places)
        left: list[Iterator[str]] = [_faults_in(world, way, rng.random()) for world, way in places]
        while left:
            for faults in tuple(left):
                some = [case for _, case in zip(range(FEW), faults, strict=False)]
                yield from some
                if not some:
                    left.remove(faults)

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Let one call fail, and resume."""
        world, way, kind, duration, at = _read(case)
        whole = whole_run(world, way)
        calls = Calls(Fault(kind, at, _ONCE[duration]))
        told, outlived = "", False
        try:
            with watched(calls, folder), cpu_time.at_most(MOST_CPU_S):
                card = _run(world, folder / "run", way)
        except InputError as error:
            told = str(error)
        except _ENDS as error:
            what = f"{type(error).__name__} in place of a sentence: {error}"
            tried.failures.append(Failure(self.name, case, what, traceback.format_exc()))
        else:
            outlived = True
            if card != whole.card:
                what = f"other books than without the fault, and no word: {_differing(card, whole.card)}"
                tried.failures.append(Failure(self.name, case, what))
        if not calls.struck:
            tried.count("faults past the end")
            if told:
                tried.failures.append(Failure(self.name, case, f"without any fault: {told}"))
            return
        if told or outlived:
            tried.count("faults told" if told else "faults outlived")
        tried.count("faults injected")
        tried.count(f"faults, {kind}")
        if told and ("\n" in told or "; " not in told):
            tried.failures.append(Failure(self.name, case, f"not one sentence with a remedy: {told}"))
        self._resume(case, tried, folder, told or "its end")

    def _resume(self, case: str, tried: Tried, folder: Path, end: str) -> None:
        world, way, *_ = _read(case)
        whole = whole_run(world, way)
        try:
            with watched(Calls(), folder), cpu_time.at_most(MOST_CPU_S):
                card = _run(world, folder / "run", way)
        except _ENDS as error:
            what = f"cannot be resumed after {end}: {type(error).__name__}: {error}"
            tried.failures.append(Failure(self.name, case, what, traceback.format_exc()))
        else:
            if card != whole.card:
                what = f"other books after resuming from {end}: {_differing(card, whole.card)}"
                tried.failures.append(Failure(self.name, case, what))


def _read(case: str) -> tuple[str, str, str, str, int]:
    """Return world, way, kind, duration and number; raises CaseError."""
    names: tuple[Collection[str], ...] = (sorted(world.name for world in WORLDS.iterdir()), _WAYS, KINDS, _ONCE)
    *words, number = case.split("/")
    if len(words) != len(names) or _NUMBER.fullmatch(number) is None:
        raise CaseError("a case is WORLD/WAY/KIND/once/NUMBER or WORLD/WAY/KIND/ever/NUMBER")
    for word, known in zip(words, names, strict=True):
        if word not in known:
            raise CaseError(f"{word!r} is none of {', '.join(known)}")
    world, way, kind, duration = words
    return world, way, kind, duration, int(number)


def _faults_in(world: str, way: str, seed: float) -> Iterator[str]:
    """Yield the faults of a world that is run in one way, in a drawn order."""
    calls = whole_run(world, way).calls
    if WAYS[way][1] > 1 and "start" not in calls:
        return  # it has one lane, so it is run as by one worker
    found = [
        f"{world}/{way}/{kind}/{duration}/{number}"
        for kind, made in calls.items()
        for duration in _ONCE
        if not (_ONCE[duration] and kind.endswith("-again"))  # another try for ever is no fault, but no end
        for number in range(1, made + 1)
    ]
    random.Random(seed).shuffle(found)
    yield from found


@cache
def whole_run(world: str, way: str) -> Whole:
    """Run a world undisturbed, and count its calls."""
    with TemporaryDirectory(prefix="fivefifty-simulation-") as name:
        folder, calls = Path(name), Calls()
        with watched(calls, folder):
            card = _run(world, folder / "run", way)
        return Whole(card, calls.made())


def _run(world: str, folder: Path, way: str) -> dict[str, Any]:
    """Run a world, or go on with it; return its figures."""
    transport, workers = WAYS[way]
    prepared, classifiers = _prepared(world)
    options: Any = {"transport": transport, "workers": workers, "resume": True, "log": folder.with_suffix(".jsonl")}
    return run_scenario(prepared, Options(out=folder, classifiers=classifiers, **options)).figures()


@cache
def _prepared(world: str) -> tuple[PreparedScenario, tuple[ChosenClassifier, ...]]:
    """Read a world once for all its runs. If a run changed anything in it, the next one would have other books."""
    loaded = load(WORLDS / world / FILE)
    return prepare(loaded), classifiers_of(loaded)


def _differing(card: dict[str, Any], whole: dict[str, Any]) -> str:
    return ", ".join(name for name in whole if card[name] != whole[name])
