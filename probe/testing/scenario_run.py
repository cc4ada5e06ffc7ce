"""Runs scenarios from tests and holds them to their gates."""

from __future__ import annotations

import asyncio
import tomllib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from operator import methodcaller
from pathlib import Path
from typing import Any, Final, Literal, TypeVar

from probe import lab
from probe.check.gates import Gate
from probe.check.join import join
from probe.check.read import read_all
from probe.check.score import NAIVE, Scorecard
from probe.check.story import Key, stories
from probe.classify.chosen import choose, choose_for
from probe.classify.reading import Advice, Chosen
from probe.input_error import InputError
from probe.ledger import FILE, Ledger
from probe.report.harmless import harmless
from probe.scenario.load import Loaded, check, load
from probe.setting import set_up
from probe.testing.worst import worst

__tracebackhide__ = methodcaller("errisinstance", (AssertionError, InputError))
"""pytest shows where the test stood, not what stands here."""

T = TypeVar("T")

TransportName = Literal["memory", "tcp"]
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

    name: str
    scorecard: Scorecard = field(repr=False)
    gates: tuple[Gate, ...]
    folder: Path
    foreign: frozenset[str] = field(repr=False)
    """Addresses of servers that are not ours, of whose decisions there is no truth."""

    @property
    def passed(self) -> bool:
        """Whether every gate held."""
        return all(gate.passed for gate in self.gates)

    def assert_passed(self) -> None:
        """Fail if a gate did not hold, and say which, by what figure, and whom it is about. Raises AssertionError."""
        if not self.passed:
            raise AssertionError("\n".join([*self.failures().values(), f"The books are in {self.folder}."]))

    def failures(self) -> dict[str, str]:
        """Return what to say of each gate that did not hold, by its name. Reads the books."""
        failed = [gate for gate in self.gates if not gate.passed]
        if not failed:
            return {}
        with Ledger(self.folder / FILE) as books:
            pairs = join(books.truths(), books.attempts(), self.foreign).pairs
            known = {mailbox.address: mailbox for mailbox in books.mailboxes()}
            told = stories(pairs, known, books.returned(), books.engagements())
            suppressed: dict[str, set[Key]] = {}
            for row in books.classifications():
                if row.advice == Advice.SUPPRESS:
                    suppressed.setdefault(row.classifier, set()).add((row.campaign, row.recipient))
        (chosen,) = choose([NAIVE])
        with chosen.open() as classifier:
            naive = {key for key, reading in read_all(NAIVE, classifier, told).items() if reading.suppress}
        said = {}
        for gate in failed:
            lines = [
                f"Gate {gate.name} of scenario {self.name} did not hold.",
                f"  figure  {gate.value:g}",
                f"  bound   {gate.bound}",
                *(f"  {line}" for line in worst(gate.name.split("."), told, suppressed, naive)),
            ]
            said[gate.name] = harmless("\n".join(lines))
        return said


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

        ``transport`` is "memory" (no sockets) or "tcp"; who reads the bounces are the scenario's, or the
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
    setting = set_up(loaded)
    carriage: TransportName = "tcp" if how.transport == "tcp" else "memory"
    options = lab.Options(carriage, folder, readers(loaded, how, "classifier"), workers=1)
    result = _beside_any_loop(lambda: lab.run(setting, options))
    return ScenarioRun(loaded.scenario.name, result.scorecard, tuple(result.gates), folder, setting.foreign)


def readers(loaded: Loaded, how: How, place: str) -> tuple[Chosen, ...]:
    """Return who reads the bounces: those named at ``place``, else the scenario's own. Raises InputError."""
    return choose(how.classifiers, place) if how.classifiers else choose_for(loaded, None)


def _beside_any_loop(work: Callable[[], T]) -> T:
    """Do work that has an event loop of its own, also where one is running: then in a thread, and wait for it."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return work()
    with ThreadPoolExecutor(1, "lab") as pool:
        return pool.submit(work).result()
