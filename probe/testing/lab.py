"""The ``lab`` fixture: runs scenarios from tests and checks their gates."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from operator import methodcaller
from pathlib import Path
from typing import Final, TypeVar

from probe.classify.reading import ChosenClassifier
from probe.harmless import harmless
from probe.input_error import InputError
from probe.judge.gates import Gate, figure_text
from probe.judge.result import JudgedRun
from probe.judge.scorecard import Scorecard
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded
from probe.sender.transport import TransportName
from probe.testing.gate_failures import recipient_lines
from probe.testing.open_scenario import Scenario, load_scenario

__tracebackhide__ = methodcaller("errisinstance", (AssertionError, InputError))
"""Hide this file in pytest's tracebacks of these errors: the reader wants the line of the test."""

T = TypeVar("T")

TRANSPORTS: Final = ("memory", "tcp")


@dataclass(frozen=True)
class RunDefaults:
    """The transport, seed and classifiers of runs for which a test gives none.

    They come from pytest's command line; None means: as the scenario says. ``programs`` allows scenario files to name
    programs and Python code as classifiers.
    """

    transport: str = "memory"
    seed: int | None = None
    classifiers: tuple[str, ...] | None = None
    programs: bool = False

    def overridden(self, transport: str | None, seed: int | None, classifiers: Sequence[str] | None) -> RunDefaults:
        """Return these settings, replaced by those that a test gives (not None); raises InputError."""
        if transport is not None and transport not in TRANSPORTS:
            place = f"transport={transport!r}"
            raise InputError(place, "is not a transport", f"use one of: {', '.join(TRANSPORTS)}")
        return RunDefaults(
            transport or self.transport,
            self.seed if seed is None else seed,
            self.classifiers if classifiers is None else tuple(classifiers),
            self.programs,
        )

    def choose(self, loaded: Loaded, place: str, *, check_only: bool = False) -> tuple[ChosenClassifier, ...]:
        """Return the classifiers of a run; ``place`` is for errors. ``check_only`` runs none. Raises InputError."""
        return choose_for(
            loaded,
            self.classifiers,
            place,
            programs=self.programs,
            permission="--fivefifty-allow-programs",
            check_only=check_only,
        )


@dataclass(frozen=True)
class ScenarioRun:
    """A finished run. ``folder`` holds its books (the run's database and files)."""

    result: JudgedRun = field(repr=False)
    folder: Path

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scorecard.scenario

    @property
    def scorecard(self) -> Scorecard:
        """All figures of the run."""
        return self.result.scorecard

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The gates: each figure with its bound."""
        return tuple(self.result.gates)

    @property
    def passed(self) -> bool:
        """Whether every gate passed."""
        return self.result.passed

    def assert_passed(self) -> None:
        """Fail if a gate failed; the text has its figure, its bound and its recipients. Raises AssertionError."""
        if not self.passed:
            raise AssertionError("\n".join([*self.failures().values(), f"The books are in {self.folder}."]))

    def failures(self) -> dict[str, str]:
        """Return the failure text of each gate that failed, by the gate's name."""
        failed = [gate for gate in self.gates if not gate.passed]
        lines = recipient_lines(
            [gate.name for gate in failed], self.scorecard.classifiers, self.result.recipients() if failed else ()
        )
        return {
            gate.name: harmless(
                "\n".join(
                    [
                        f"Gate {gate.name} of scenario {self.name} failed.",
                        f"  figure  {figure_text(gate.name, gate.value)}",
                        f"  bound   {gate.bound}",
                        *(f"  {line}" for line in lines[gate.name]),
                    ]
                )
            )
            for gate in failed
        }


class LabFixture:
    """Runs whole scenarios.

    Paths of scenarios are relative to ``root``. ``folder`` returns a new folder for the books of each run.
    """

    def __init__(self, root: Path, folder: Callable[[], Path], defaults: RunDefaults) -> None:
        self._root = root
        self._folder = folder
        self._defaults = defaults

    def run(
        self,
        scenario: Scenario,
        *,
        transport: TransportName | None = None,
        seed: int | None = None,
        classifiers: Sequence[str] | None = None,
    ) -> ScenarioRun:
        """Run a scenario and return the result. A failed gate does not raise: see ``ScenarioRun.assert_passed``.

        Args:
            scenario: A path, the name of a scenario that comes with fivefifty, TOML text (with a line break), or the
                table that the TOML text would give.
            transport: "memory" (no sockets) or "tcp".
            seed: Replaces the scenario's seed.
            classifiers: Names as on the command line; they replace the scenario's classifiers.

        Raises:
            InputError: The scenario or an argument is not valid.
            ClassifierError: A classifier of the user failed.
            BooksError: The books of the run cannot be judged.
        """
        settings = self._defaults.overridden(transport, seed, classifiers)
        try:
            return run_loaded(load_scenario(scenario, self._root), settings, self._folder())
        except InputError as error:
            raise error.with_traceback(None) from None


def run_loaded(loaded: Loaded, settings: RunDefaults, folder: Path) -> ScenarioRun:
    """Run a scenario in this process and write its books to ``folder``; raises as ``LabFixture.run`` does."""
    if settings.seed is not None:
        loaded = replace(loaded, scenario=loaded.scenario.model_copy(update={"seed": settings.seed}))
    prepared = prepare(loaded)
    transport: TransportName = "tcp" if settings.transport == "tcp" else "memory"
    options = Options(
        transport=transport,
        out=folder,
        classifiers=settings.choose(loaded, "classifier"),
        workers=1,
    )
    result = _outside_running_loop(lambda: run_scenario(prepared, options))
    return ScenarioRun(result, folder)


def _outside_running_loop(work: Callable[[], T]) -> T:
    """Do work that starts its own event loop; if a loop is running already, do it in a thread and wait."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1, "lab") as pool:
        return pool.submit(work).result()
