"""Failing worlds as files: tests/regressions/ has one folder for each, and a test that holds them against all laws."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Final

from simulation.worlds.world import FILE, World

REGRESSIONS: Final = Path(__file__).parents[2] / "tests" / "regressions"
MOST_OF_A_LAW: Final = 3
"""More failing worlds of one law would hardly show another fault."""


def keep(world: World, law: str, folder: Path = REGRESSIONS) -> Path | None:
    """Write a failing world into a folder of its own; None if there are enough of its law."""
    if len(list(folder.glob(f"{law}-*"))) >= MOST_OF_A_LAW:
        return None
    own = folder / f"{law}-{re.sub('[^a-z0-9]+', '-', world.seed.lower())}"
    world.write(own)
    return own


def kept(folder: Path) -> World:
    """Read a failing world."""
    files = {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.name != FILE}
    return World(folder.name, frozenset(), tomllib.loads((folder / FILE).read_text("utf-8")), files)
