"""Reads and writes baseline files."""

from __future__ import annotations

from pathlib import Path

from probe.input_error import InputError
from probe.judge.baseline import Baseline, Known, parse, written
from probe.judge.result import Result


def read(path: Path) -> Baseline:
    """Read a baseline file; raises InputError."""
    try:
        return parse(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no UTF-8"
        remedy = "name the file, or write it with fivefifty baseline update"
        raise InputError(path, f"cannot be read ({reason})", remedy) from None


def known_of(baseline: Baseline, result: Result, place: Path) -> Known:
    """Return what a baseline has on a run's scenario; raises InputError where it has nothing to compare with."""
    card = result.scorecard
    known = baseline.get(card.scenario)
    remedy = "write it anew with fivefifty baseline update"
    if known is None:
        names = ", ".join(sorted(baseline)) or "nothing"
        raise InputError(place, f"has nothing on scenario {card.scenario}, only on: {names}", remedy)
    if known.seed != card.seed:
        raise InputError(place, f"is of seed {known.seed}, and the run of seed {card.seed}", remedy)
    return known


def update(path: Path, scenario: str, known: Known) -> None:
    """Put a scenario's mistakes in place of what a baseline file has on it; raises InputError."""
    baseline = read(path) if path.exists() else {}
    baseline[scenario] = known
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(baseline), "utf-8")
    except OSError as error:
        raise InputError(path, f"cannot be written ({error.strerror})", "choose another file") from None
