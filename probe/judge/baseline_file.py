"""Reads and writes baseline files."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from fake_gateways.untrusted.bounded_read import read_bounded
from probe.input_error import InputError
from probe.judge.baseline import Baseline, KnownMistakes, known_mistakes, parse, to_toml
from probe.judge.books import classifiers_before, judged_before
from probe.judge.kinds import with_file
from probe.ledger import Ledger
from probe.user_files import exists, writing

_MAX_OCTETS: Final = 64 * 1024**2


def read(path: Path) -> Baseline:
    """Read a baseline file; raises InputError."""
    try:
        found = parse(read_bounded(path, _MAX_OCTETS).decode(), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        remedy = "name the file, or write it with fivefifty baseline update"
        raise InputError(path, f"cannot be read ({reason})", remedy) from None
    folder = path.parent
    return {name: _with_files(known, lambda file: os.path.normpath(folder / file)) for name, known in found.items()}


def _with_files(known: KnownMistakes, convert: Callable[[str], str]) -> KnownMistakes:
    """Convert the names of rule files. The file has them relative to its own folder, wherever a command is started."""
    rules = {
        name: {kind: with_file(rule, convert) for kind, rule in each.items()} for name, each in known.rules.items()
    }
    return replace(known, rules=rules)


def known_of(path: Path, scenario: str, seed: int, classifiers: Collection[str]) -> KnownMistakes:
    """Return the mistakes of a scenario in a baseline file; raises InputError.

    It is an error if there is nothing to compare with, or if a classifier of the baseline does not read the run.
    """
    baseline = read(path)
    known = baseline.get(scenario)
    remedy = "update it with fivefifty baseline update"
    if known is None:
        names = ", ".join(sorted(baseline)) or "nothing"
        raise InputError(path, f"has no scenario {scenario}, only: {names}", remedy)
    if known.seed != seed:
        raise InputError(path, f"was made with seed {known.seed}, and the run with seed {seed}", remedy)
    if not known.classifiers:
        raise InputError(path, f"has no classifier of scenario {scenario}", remedy)
    absent = sorted(known.classifiers.keys() - set(classifiers))
    if absent:
        problem = f"has mistakes of {', '.join(absent)}, but only {', '.join(sorted(classifiers))} read this run"
        raise InputError(path, problem, f"name the others with --classifier, or {remedy}")
    return known


def known_in(folder: Path, classifiers: Sequence[str] | None) -> tuple[str, KnownMistakes]:
    """Return a run's scenario, and the mistakes of classifiers when they last read it, by default of all.

    Raises InputError for a classifier that never read the run.
    """
    with Ledger.open(folder) as ledger:
        names = classifiers_before(ledger, classifiers or ())
        seed = int(ledger.note("seed") or 0)
        return ledger.note("scenario") or "", known_mistakes(seed, names, judged_before(ledger, names))


def update(path: Path, scenario: str, known: KnownMistakes) -> None:
    """Replace a scenario's mistakes in a baseline file, or create the file; raises InputError."""
    baseline = read(path) if exists(path) else {}
    baseline[scenario] = known
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        written = {
            name: _with_files(each, lambda file: os.path.relpath(file, path.parent)) for name, each in baseline.items()
        }
        path.write_text(to_toml(written), "utf-8")
