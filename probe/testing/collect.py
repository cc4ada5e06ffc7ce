"""Scenario files as tests: a file, its scenario, and a test for each of its gates."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import pytest

from probe.classify.reading import ClassifierError
from probe.harmless import harmless
from probe.input_error import InputError
from probe.judge.gates import Bound
from probe.judge.judge import BooksError
from probe.lab.classifiers import choose_for
from probe.lab.gates import expected
from probe.lab.prepare import prepare
from probe.scenario.load import load
from probe.testing.lab import How, run, shown

if TYPE_CHECKING:
    from _pytest._code.code import TerminalRepr  # pytest has no public name for it

COMPLETE: Final = "complete"
"""The test of a scenario that has no gates: that it runs to its end."""
_LOOKS_LIKE_ONE: Final = re.compile(rb"^\s*\[\[\s*(gateway|campaign)\s*\]\]", re.MULTILINE)
_SENTENCES: Final = (InputError, ClassifierError, BooksError)


class GateError(Exception):
    """A gate did not hold; the text says all there is to say."""


def looks_like_a_scenario(path: Path) -> bool:
    """Whether a TOML file is meant to be a scenario, good or bad: it has a gateway or a campaign."""
    try:
        return _LOOKS_LIKE_ONE.search(path.read_bytes()) is not None
    except OSError:
        return False


class ScenarioFile(pytest.File):
    """A scenario file."""

    how: How

    def collect(self) -> Iterator[ScenarioNode]:
        """Read the file; one that is wrong is a collection error of one sentence."""
        try:
            loaded = load(shown(self.path))
            bounds = expected(
                prepare(loaded), choose_for(loaded, self.how.classifiers, "--fivefifty-classifier", programs=True)
            )
        except InputError as error:
            raise self.CollectError(harmless(str(error))) from None
        node: ScenarioNode = ScenarioNode.from_parent(self, name=loaded.scenario.name)
        node.bounds = bounds
        node.how = self.how
        yield node


class ScenarioNode(pytest.Collector):
    """A scenario. It is run when the first of its tests is, and once for all of them."""

    bounds: list[Bound]
    how: How
    _failures: dict[str, str] | None = None
    _fault: Exception | None = None

    def collect(self) -> Iterator[GateItem]:
        """Make a test of each gate."""
        for name in [bound.name for bound in self.bounds] or [COMPLETE]:
            item: GateItem = GateItem.from_parent(self, name=name)
            item.scenario = self
            item.add_marker("fivefifty")
            yield item

    def failures(self) -> dict[str, str]:
        """Return what to say of each gate that did not hold; raises what the run raised, for every test the same."""
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
            failures = run(load(shown(self.path)), self.how, Path(folder)).failures()
        return {name: f"{text}\n  books   {self._command()}" for name, text in failures.items()}

    def _command(self) -> str:
        """Return the command that runs it again, and keeps the books."""
        how = self.how
        words = ["fivefifty", "run", str(shown(self.path)), "--transport", how.transport]
        words += [] if how.seed is None else ["--seed", str(how.seed)]
        words += [word for name in how.classifiers or () for word in ("--classifier", name)]
        return shlex.join(words)


class GateItem(pytest.Item):
    """A gate."""

    scenario: ScenarioNode

    def runtest(self) -> None:
        """Fail if the gate did not hold."""
        failure = self.scenario.failures().get(self.name)
        if failure is not None:
            raise GateError(failure)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> str | TerminalRepr:
        """Say what a user can act upon in plain words, and show all of any other failure."""
        del style
        if isinstance(excinfo.value, GateError):
            return str(excinfo.value)
        if isinstance(excinfo.value, _SENTENCES):
            return harmless(str(excinfo.value))
        return super().repr_failure(excinfo)

    def reportinfo(self) -> tuple[os.PathLike[str] | str, int | None, str]:
        """Say where the gate stands."""
        return self.path, None, f"{self.scenario.name}: {self.name}"
