"""Reads a scenario as a test gives it: a path, TOML text, or the table that the text would give."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from probe.input_error import valid_toml
from probe.scenario.load import Loaded, check, load
from probe.scenario.shipped_files import located

AS_TEXT: Final = "the scenario in the test"
"""The place in errors about a scenario that has no file."""

Scenario = str | Path | Mapping[str, Any]
"""A path, the name of a scenario that comes with fivefifty, TOML text (with a line break), or a table of its form."""


def load_scenario(scenario: Scenario, root: Path, *, served: bool = False) -> Loaded:
    """Read and check a scenario, whose path is relative to ``root``; raises InputError. ``served`` as for ``load``."""
    if isinstance(scenario, Path) or (isinstance(scenario, str) and "\n" not in scenario):
        return load(relative_path(located(Path(scenario), root)), served=served)
    raw = valid_toml(scenario, AS_TEXT) if isinstance(scenario, str) else dict(scenario)
    return check(raw, folder=root, path=AS_TEXT, served=served, trusted=True)


def relative_path(path: Path) -> Path:
    """Return a path relative to the working directory if it lies below that, as errors show it."""
    try:
        return path.relative_to(Path.cwd())
    except ValueError:
        return path
