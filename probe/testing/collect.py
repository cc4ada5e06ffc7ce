"""Collects scenario files as tests: one test per gate."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest

from probe.classify.reading import ClassifierError
from probe.harmless import harmless
from probe.input_error import InputError
from probe.judge.books import BooksError
from probe.judge.gates import Bound
from probe.lab.gates import expected
from probe.lab.prepare import prepare
from probe.scenario.load import load
from probe.testing.lab import RunDefaults, run_loaded
from probe.testing.open_scenario import relative_path

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr  # pytest has no public name for it

COMPLETE: Final = "complete"
"""The test of a scenario without gates: the run finishes."""
_USER_ERRORS: Final = (InputError, ClassifierError, BooksError)


class GateError(Exception):
    """A gate failed; the text is the whole failure message."""


class ScenarioFile(pytest.File):
    """A scenario file; it yields one ``ScenarioNode``."""

    settings: RunDefaults

    def collect(self) -> Iterator[ScenarioNode]:
        """Read the file; a mistake in it is a collection error of one sentence."""
        try:
            loaded = load(relative_path(self.path))
            bounds = expected(prepare(loaded), self.settings.choose(loaded, "--fivefifty-classifier", check_only=True))
        except InputError as error:
            raise self.CollectError(harmless(str(error))) from None
        node: ScenarioNode = ScenarioNode.from_parent(self, name=loaded.scenario.name)
        node.bounds = bounds
        node.settings = self.settings
        yield node


class ScenarioNode(pytest.Collector):
    """A scenario. The first of its tests runs it; the other tests use the same run."""

    bounds: list[Bound]
    settings: RunDefaults
    _failures: dict[str, str] | None = None
    _fault: Exception | None = None

    def collect(self) -> Iterator[GateItem]:
        """Yield a test for each gate."""
        for name in [bound.name for bound in self.bounds] or [COMPLETE]:
            item: GateItem = GateItem.from_parent(self, name=name)
            item.scenario = self
            item.add_marker("fivefifty")
            yield item

    def failures(self) -> dict[str, str]:
        """Return the failure text of each failed gate; raises the run's error, the same one for every test."""
        if self._fault is not None:
            raise self._fault
        if self._failures is None:
            try:
                self._failures = self._run()
            except Exception as error:
                self._fault = error
                raise
        return self._failures

    def _run(self) -> dict[str, str]:
        with TemporaryDirectory(prefix="fivefifty-") as folder:
            failures = run_loaded(load(relative_path(self.path)), self.settings, Path(folder)).failures()
        return {name: f"{text}\n  books   {self._command()}" for name, text in failures.items()}

    def _command(self) -> str:
        """Return the command that repeats the run and keeps its books."""
        settings = self.settings
        words = ["fivefifty", "run", str(relative_path(self.path)), "--transport", settings.transport]
        words += [] if settings.seed is None else ["--seed", str(settings.seed)]
        words += [word for name in settings.classifiers or () for word in ("--classifier", name)]
        words += ["--allow-programs"] if settings.programs else []
        return shlex.join(words)


class GateItem(pytest.Item):
    """The test of one gate."""

    scenario: ScenarioNode

    def runtest(self) -> None:
        """Fail if the gate failed."""
        failure = self.scenario.failures().get(self.name)
        if failure is not None:
            raise GateError(failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """Show an error that the user can fix as one sentence, and any other error with its traceback."""
        del style
        if isinstance(excinfo.value, GateError):
            return str(excinfo.value)
        if isinstance(excinfo.value, _USER_ERRORS):
            return harmless(str(excinfo.value))
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Return the file and the name under which pytest reports the gate."""
        return self.path, None, f"{self.scenario.name}: {self.name}"
