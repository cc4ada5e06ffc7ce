"""Worlds that once broke a law, made small: none breaks any law again.

``make simulate`` writes a folder here for each failing world: its scenario file, and the files that it names.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from simulation.laws.all_laws import broken_laws
from simulation.laws.regression import REGRESSIONS, kept
from simulation.laws.running import run_world

WORLDS = sorted(path.parent.name for path in REGRESSIONS.glob("*/world.toml"))


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_that_broke_a_law_breaks_none(name: str, tmp_path: Path) -> None:
    assert broken_laws(run_world(kept(REGRESSIONS / name), tmp_path)) == []
