"""Measures whether the test file of each pure file covers all of its branches alone (``make branches``).

Coverage by other tests does not count: they run a line without looking at what it does. ``EXCEPTIONS`` lists what is
left uncovered; it fails when one is no longer needed. The figures are in branches.json.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from measured import ROOT, Figures, measure, not_measured, pure_files, require, seconds_in

RESULTS: Final = Path(__file__).with_name("branches.json")
EXCEPTIONS: Final = Path(__file__).with_name("uncovered.json")
"""The number of lines and branches that the test file of a pure file leaves uncovered, by the file."""


def figures_of(file: str, mirror: str) -> dict[str, Any]:
    """Return the lines and the branches of a file that its tests leave uncovered."""
    with tempfile.TemporaryDirectory() as folder:
        data, report = Path(folder) / "data", Path(folder) / "report.json"
        python = [sys.executable, "-m"]
        run = [*python, "coverage", "run", "--branch", f"--include={file}", f"--data-file={data}", "-m", "pytest"]
        done = subprocess.run(
            [*run, "-q", "-n", "0", "-p", "no:cacheprovider", mirror],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"error: {mirror} fails:\n{done.stdout[-2000:]}")
        written = [*python, "coverage", "json", "-q", f"--data-file={data}", "-o", str(report)]
        subprocess.run(written, cwd=ROOT, check=True, capture_output=True)
        found = json.loads(report.read_text("utf-8"))["files"][file]
    return {"lines": found["missing_lines"], "branches": found["missing_branches"]}


def main() -> int:
    """Measure, and compare with the exceptions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*")
    parser.add_argument("--for", dest="lasts", default="10m")
    arguments = parser.parse_args()
    require("coverage")
    found = measure(RESULTS, arguments.files, seconds_in(arguments.lasts), figures_of)
    allowed: dict[str, int] = json.loads(EXCEPTIONS.read_text("utf-8"))
    wrong = list(complaints(found, allowed))
    wrong += filter(None, [not_measured(found, arguments.files)])
    whole = sum(not uncovered(figures) for figures in found.values())
    print(f"{whole} of {len(found)} pure files are covered whole by their own tests alone", *wrong, sep="\n")
    return 1 if wrong else 0


def uncovered(figures: Mapping[str, Any]) -> int:
    """Return how many lines and branches the tests of a file leave uncovered."""
    return len(figures["lines"]) + len(figures["branches"])


def complaints(found: Figures, allowed: Mapping[str, int]) -> Iterator[str]:
    """Yield a sentence for each file that leaves more uncovered than it may, and for each exception too wide."""
    pure = pure_files().keys()
    for file, figures in sorted(found.items()):
        left, most = uncovered(figures), allowed.get(file, 0)
        if left > most:
            yield f"{file}: {left} lines and branches are uncovered, and {most} are allowed: test them"
        elif left < most:
            yield f"{file}: {left} lines and branches are uncovered, and {most} are allowed: lower it in uncovered.json"
    others = sorted(allowed.keys() - found - pure)
    yield from (f"{file}: is no pure file: remove it from uncovered.json" for file in others)


if __name__ == "__main__":
    sys.exit(main())
