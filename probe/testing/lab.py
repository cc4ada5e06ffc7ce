"""Runs scenarios from tests and holds them to their gates."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from operator import methodcaller
from pathlib import Path
from typing import Any, Final, TypeVar

from probe.harmless import harmless
from probe.input_error import InputError
from probe.judge.gates import Gate
from probe.judge.result import Result
from probe.judge.scorecard import Scorecard
from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import Loaded, check, load
from probe.sender.transport import TransportName
from probe.testing.gate_failures import recipient_lines

__tracebackhide__ = methodcaller("errisinstance", (AssertionError, InputError))
"""pytest shows where the test stood, not what stands here."""

T = TypeVar("T")

TRANSPORTS: Final = ("memory", "tcp")
AS_TEXT: Final = "the scenario in the test"
"""What a scenario without a file is called."""


@dataclass(frozen=True)
class How:
    """How scenarios are run unless a test says otherwise: by the command line, or as the scenario has it."""

    transport: str = "memory"
    seed: int | None = None
    classifiers: tuple[str, ...] | None = None

    def but(self, transport: str | None, seed: int | None, classifiers: Sequence[str] | None) -> How:
        """Return this with what a test says itself; raises InputError."""
        if transport is not None and transport not in TRANSPORTS:
            place = f"transport={transport!r}"
            raise InputError(place, "is no transport", f"use one of: {', '.join(TRANSPORTS)}")
        return How(
            transport or self.transport,
            self.seed if seed is None else seed,
            self.classifiers if classifiers is None else tuple(classifiers),
        )


@dataclass(frozen=True)
class ScenarioRun:
    """What a run came to. ``folder`` holds its books."""

    result: Result = field(repr=False)
    folder: Path

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.scorecard.scenario

    @property
    def scorecard(self) -> Scorecard:
        """Everything that was counted."""
        return self.result.scorecard

    @property
    def gates(self) -> tuple[Gate, ...]:
        """The bounds, and the figures held against them."""
        return tuple(self.result.gates)

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return self.result.passed

    def assert_passed(self) -> None:
        """Fail if a gate did not hold, and say which, by what figure, and whom it is about. Raises AssertionError."""
        if not self.passed:
            raise AssertionError("\n".join([*self.failures().values(), f"The books are in {self.folder}."]))

    def failures(self) -> dict[str, str]:
        """Return what to say of each gate that did not hold, by its name."""
        return {
            gate.name: harmless(
                "\n".join(
                    [
                        f"Gate {gate.name} of scenario {self.name} did not hold.",
                        f"  figure  {gate.value:g}",
                        f"  bound   {gate.bound}",
                        *(f"  {line}" for line in recipient_lines(gate.name, self.result.told, self.result.readings)),
                    ]
                )
            )
            for gate in self.gates
            if not gate.passed
        }


class LabFixture:
    """Runs whole scenarios. Names of files start at ``root``; the books go into ``folder``, a run beside the other."""

    def __init__(self, root: Path, folder: Callable[[], Path], how: How) -> None:
        self._root = root
        self._folder = folder
        self._how = how

    def run(
        self,
        scenario: str | Path | Mapping[str, Any],
        *,
        transport: TransportName | None = None,
        seed: int | None = None,
        classifiers: Sequence[str] | None = None,
    ) -> ScenarioRun:
        """Run a scenario, given by its path, as TOML text, or as the table that TOML text stands for.

        ``transport`` is "memory" (no sockets) or "tcp"; who reads the bounces is as the scenario has it, or the
        ``classifiers`` that are named as on the command line. Whether the gates held is for the test to ask.
        Raises InputError, ClassifierError and BooksError.
        """
        how = self._how.but(transport, seed, classifiers)
        try:
            return run(self._loaded(scenario), how, self._folder())
        except InputError as error:
            raise error.with_traceback(None) from None

    def _loaded(self, scenario: str | Path | Mapping[str, Any]) -> Loaded:
        if isinstance(scenario, Path) or (isinstance(scenario, str) and "\n" not in scenario):
            return load(shown(self._root / scenario))
        raw = parse(scenario) if isinstance(scenario, str) else dict(scenario)
        return check(raw, folder=self._root, path=AS_TEXT)


def parse(text: str) -> dict[str, Any]:
    """Read TOML text; raises InputError."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise InputError(AS_TEXT, f"is not valid TOML ({error})", "correct the line it names") from None


def shown(path: Path) -> Path:
    """Return a path as errors are to show it: from the working directory on, where it lies below that."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path


def run(loaded: Loaded, how: How, folder: Path) -> ScenarioRun:
    """Run a scenario in this process, into a folder; raises what ``LabFixture.run`` does."""
    if how.seed is not None:
        loaded = replace(loaded, scenario=loaded.scenario.model_copy(update={"seed": how.seed}))
    prepared = prepare(loaded)
    transport: TransportName = "tcp" if how.transport == "tcp" else "memory"
    options = Options(
        transport=transport,
        out=folder,
        classifiers=choose_for(loaded, how.classifiers, "classifier", programs=True),
        workers=1,
    )
    result = _beside_any_loop(lambda: run_scenario(prepared, options))
    return ScenarioRun(result, folder)


def _beside_any_loop(work: Callable[[], T]) -> T:
    """Do work that has an event loop of its own, also where one is running: then in a thread, and wait for it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1, "lab") as pool:
        return pool.submit(work).result()
