"""Counts the calls that a recipient costs, of Python's and of C's functions, and compares them with committed figures.

The counts are the same on every machine, so a change that makes a run dearer is seen without timing anything. A small
campaign is sent in memory and judged again: judging is what ``check`` costs, sending what ``run`` costs beyond that.

    python benchmarks/calls.py            compares; exits with 1 if a figure has changed by more than a tenth
    python benchmarks/calls.py --update   writes the figures (make cost)
"""

from __future__ import annotations

import contextlib
import cProfile
import io
import json
import platform
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import campaign

from probe.cli import main as fivefifty

FIGURES: Final = Path(__file__).with_name("calls.json")
WARMING, COUNTED = 500, 2_000
"""Recipients: first of a campaign that imports what is needed and fills caches, then of the one that is counted.

A report lists all recipients of a small campaign, and a sample of those of a large one; 2,000 are many.
"""
TOLERANCE: Final = 0.10


def count() -> dict[str, int]:
    """Return the calls for a recipient of each part of a run."""
    with tempfile.TemporaryDirectory() as folder:
        _run_and_check(Path(folder), WARMING)
        run, check = _run_and_check(Path(folder), COUNTED)
    return {"sending": round((run - check) / COUNTED), "judging": round(check / COUNTED)}


def _run_and_check(folder: Path, recipients: int) -> tuple[int, int]:
    scenario, books = campaign.write(folder, recipients), folder / f"run-{recipients}"
    run = _calls("run", scenario, "--transport", "memory", "--workers", 1, "--out", books)
    return run, _calls("check", books)


def _calls(*arguments: object) -> int:
    """Run a command of fivefifty in this process, and return how many calls it made."""
    sys.argv = ["fivefifty", *map(str, arguments)]
    profile = cProfile.Profile()
    with contextlib.redirect_stdout(io.StringIO()):
        profile.enable()
        try:
            fivefifty()
        except SystemExit as ended:
            if ended.code:
                raise RuntimeError(f"{' '.join(sys.argv)} ended with {ended.code}") from None
        finally:
            profile.disable()
    return sum(entry.callcount for entry in profile.getstats())


def changes(counted: Mapping[str, int], committed: Mapping[str, int]) -> list[str]:
    """Return a sentence for each part whose figure has changed by more than the tolerance, dearer parts first."""
    growth = {part: calls / committed[part] - 1 for part, calls in counted.items()}
    return [
        f"{part} makes {counted[part]} calls a recipient, {abs(by):.1%} {'more' if by > 0 else 'fewer'}"
        f" than the {committed[part]} of {FIGURES.name}".replace("%", " %")
        for part, by in sorted(growth.items(), key=lambda each: -each[1])
        if abs(by) > TOLERANCE
    ]


def main() -> int:
    """Count, then write or compare."""
    python = ".".join(platform.python_version_tuple()[:2])
    update = "--update" in sys.argv[1:]
    counted = count()
    print(f"calls a recipient, on Python {python}: {json.dumps(counted)}")
    if update:
        FIGURES.write_text(json.dumps({"python": python, "calls a recipient": counted}, indent=2) + "\n", "utf-8")
        return 0
    committed = json.loads(FIGURES.read_text("utf-8"))
    if python != committed["python"]:
        print(f"not compared: {FIGURES.name} is of Python {committed['python']}, and each version makes other calls")
        return 0
    found = changes(counted, committed["calls a recipient"])
    for sentence in found:
        print(sentence)
    if found:
        print("If it is meant, or a gain to keep: run make cost, and commit the figures with the reason.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
