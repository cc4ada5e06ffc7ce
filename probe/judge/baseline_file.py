"""Reads and writes baseline files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from probe.input_error import InputError
from probe.judge.baseline import Baseline, KnownMistakes, mistakes, parse, to_toml
from probe.judge.judge import earlier_advice, read_stories
from probe.judge.result import JudgedRun
from probe.ledger import Ledger
from probe.user_files import exists, writing


def read(path: Path) -> Baseline:
    """Read a baseline file; raises InputError."""
    try:
        return parse(path.read_text("utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        remedy = "name the file, or write it with fivefifty baseline update"
        raise InputError(path, f"cannot be read ({reason})", remedy) from None


def known_of(baseline: Baseline, result: JudgedRun, place: Path) -> KnownMistakes:
    """Return the known mistakes of a run's scenario; raises InputError where there are none to compare with."""
    card = result.scorecard
    known = baseline.get(card.scenario)
    remedy = "update it with fivefifty baseline update"
    if known is None:
        names = ", ".join(sorted(baseline)) or "nothing"
        raise InputError(place, f"has no scenario {card.scenario}, only: {names}", remedy)
    if known.seed != card.seed:
        raise InputError(place, f"was made with seed {known.seed}, and the run with seed {card.seed}", remedy)
    return known


def known_in(folder: Path, classifiers: Sequence[str] | None) -> tuple[str, KnownMistakes]:
    """Return a run's scenario, and the mistakes of classifiers when they last read it, by default of all.

    Raises InputError for a classifier that never read the run.
    """
    with Ledger.open(folder) as ledger:
        stories = read_stories(ledger)
        names = classifiers or sorted({row.classifier for row in ledger.classifications()})
        found = {name: mistakes(stories, earlier_advice(ledger, name)) for name in names}
        return ledger.note("scenario") or "", KnownMistakes(int(ledger.note("seed") or 0), found)


def update(path: Path, scenario: str, known: KnownMistakes) -> None:
    """Replace a scenario's mistakes in a baseline file, or create the file; raises InputError."""
    baseline = read(path) if exists(path) else {}
    baseline[scenario] = known
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(to_toml(baseline), "utf-8")
