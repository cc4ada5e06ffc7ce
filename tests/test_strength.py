"""The figures on what unit tests notice: they are about files that exist, and no exception outlives its need."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pytest
from source_tree import ROOT

TOOLS: Final = ROOT / "tools"


@pytest.fixture
def branches(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return tools/branches.py as a module."""
    monkeypatch.syspath_prepend(TOOLS)
    found = importlib.util.spec_from_file_location("branches", TOOLS / "branches.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def figures(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((TOOLS / name).read_text("utf-8"))
    return found


def test_figures_are_about_files_that_exist() -> None:
    named = {*figures("branches.json"), *figures("mutants.json"), *figures("uncovered.json")}
    assert [file for file in sorted(named) if not (ROOT / file).is_file()] == []


def test_what_is_uncovered_is_what_is_allowed(branches: ModuleType) -> None:
    assert list(branches.complaints(figures("branches.json"), figures("uncovered.json"))) == []


def test_an_exception_that_is_no_longer_needed_is_a_mistake(branches: ModuleType) -> None:
    whole, holed = {"lines": [], "branches": []}, {"lines": [3], "branches": [[2, 3]]}
    complaints = branches.complaints
    assert list(complaints({"a.py": whole, "b.py": holed}, {"b.py": 2})) == []
    assert list(complaints({"b.py": holed}, {})) == [
        "b.py: 2 lines and branches are uncovered, and 0 are allowed: test them"
    ]
    assert [each.partition(": ")[0] for each in complaints({"a.py": whole}, {"a.py": 1, "c.py": 1})] == ["a.py", "c.py"]


def test_files_whose_figures_are_missing_or_old_are_measured(branches: ModuleType, tmp_path: Path) -> None:
    del branches
    measured = sys.modules["measured"]
    pure = list(measured.pure_files().items())
    results = tmp_path / "figures.json"
    known = {file: {"state": measured.state_of(file, mirror), "n": 1} for file, mirror in pure[2:]}
    results.write_text(json.dumps({**known, pure[1][0]: {"state": "old", "n": 1}, "gone.py": {}}), "utf-8")
    found = measured.measure(results, (), 60, lambda *_: {"n": 2})
    assert [file for file, each in found.items() if each["n"] == 2] == [pure[1][0], pure[0][0]]
    assert json.loads(results.read_text("utf-8")) == found
    assert "gone.py" not in found
    assert measured.not_measured(found, ()) == ""
    del found[pure[0][0]]
    found[pure[1][0]]["state"] = "old"
    assert measured.not_measured(found, ()) == f"2 of {len(pure)} files are not measured or have changed: run again"
    assert measured.not_measured(found, [pure[2][0]]) == ""
    with pytest.raises(SystemExit, match="is not a pure file"):
        measured.measure(results, ["probe/lab/run.py"], 60, lambda *_: {})


def test_a_pure_file_that_is_not_measured_is_still_pure(branches: ModuleType) -> None:
    pure = min(sys.modules["measured"].pure_files())
    assert list(branches.complaints({}, {pure: 1})) == []


def test_times_are_read(branches: ModuleType) -> None:
    assert [branches.seconds_in(text) for text in ("90s", "5m", "2h")] == [90, 300, 7200]
    for text in ("10", "", "5x"):
        with pytest.raises(SystemExit, match=r"^error: --for .* is not a duration with a unit; write for example"):
            branches.seconds_in(text)
