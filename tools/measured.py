"""Figures about each pure file and its test file, kept in a JSON file beside the tool that measures them."""

from __future__ import annotations

import hashlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from fake_gateways.units import parse_duration

ROOT: Final = Path(__file__).parents[1]
_TABLES: Final = (str(ROOT / "tests"), str(ROOT / "tests" / "support"))
"""The folders of the tests that know which files are pure."""

Figures = dict[str, dict[str, Any]]


def require(library: str) -> None:
    """Exit if a library is not installed that only these tools need."""
    if find_spec(library) is None:
        raise SystemExit(f"error: {library} is not installed: run {sys.executable} -m pip install {library}")


def pure_files() -> dict[str, str]:
    """Return each pure file that has functions, and the test file that mirrors it."""
    sys.path += [folder for folder in _TABLES if folder not in sys.path]
    from source_tree import has_functions, mirror_of  # noqa: PLC0415 - found by the line above
    from test_architecture import PURE  # noqa: PLC0415

    return {file: mirror_of(file) for file in PURE if has_functions(file)}


def state_of(*files: str) -> str:
    """Return a hash of the content of files: figures are of this state."""
    return hashlib.sha256(b"\0".join((ROOT / file).read_bytes() for file in files)).hexdigest()[:12]


def measure(
    results: Path, wanted: Sequence[str], seconds: float, figures_of: Callable[[str, str], dict[str, Any]]
) -> Figures:
    """Measure the wanted files, or all that have changed, until the time is over; keep and return all figures."""
    pure = pure_files()
    unknown = sorted(set(wanted) - pure.keys())
    if unknown:
        raise SystemExit(f"error: {unknown[0]} is not a pure file with functions")
    found: Figures = json.loads(results.read_text("utf-8")) if results.exists() else {}
    found = {file: figures for file, figures in found.items() if file in pure}
    ends = time.monotonic() + seconds
    for file in wanted or list(_changed(found, pure)):
        if time.monotonic() > ends:
            break
        found[file] = {"state": state_of(file, pure[file]), **figures_of(file, pure[file])}
        print(f"{file}: { ({name: figure for name, figure in found[file].items() if name != 'state'}) }", flush=True)
        lines = (f" {json.dumps(name)}: {json.dumps(each)}" for name, each in sorted(found.items()))
        results.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")
    return found


def not_measured(found: Figures, wanted: Sequence[str]) -> str:
    """Return a sentence on how many of the wanted files, or of all, have no figures of their present state, if any."""
    pure = pure_files()
    asked = {file: pure[file] for file in wanted or pure}
    left = len(list(_changed(found, asked)))
    return f"{left} of {len(asked)} files are not measured or have changed: run again" if left else ""


def _changed(found: Figures, pure: dict[str, str]) -> Iterator[str]:
    """Yield the files whose figures are of another state, those without any first."""
    yield from (file for file in pure if file not in found)
    yield from (file for file in pure if file in found and found[file]["state"] != state_of(file, pure[file]))


def seconds_in(text: str) -> float:
    """Read a time such as 90s, 5m or 2h; exit with a sentence if it is none."""
    try:
        return parse_duration(text)
    except ValueError as error:
        raise SystemExit(f"error: --for {error}") from None
