"""``scenarios/context``: each kind of case in which ``context`` was weak has a scenario, and its gates hold."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from probe.lab.classifiers import choose_for
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.scenario.load import load

FOLDER: Final = Path(__file__).parents[2] / "scenarios" / "context"


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.toml")), ids=lambda path: path.stem)
def test_the_gates_hold(path: Path, tmp_path: Path) -> None:
    loaded = load(path)
    options = Options(transport="memory", out=tmp_path, classifiers=choose_for(loaded, None), workers=1)
    gates = run_scenario(prepare(loaded), options).gates
    assert [f"{gate.name} is {gate.value}" for gate in gates if not gate.passed] == []
    assert any(gate.name.startswith("classifiers.context.") for gate in gates)
