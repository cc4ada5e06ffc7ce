"""The tables of ``fivefifty evaluate``: the mistakes of each classifier, and whether probabilities are right."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from probe.harmless import harmless
from probe.studies.evaluate.figures import RETESTED
from probe.studies.sensitivity.result import SensitivityResult


def print_evaluation(console: Console, figures: dict[str, Any]) -> None:
    """Print the figures of an evaluation as tables."""
    for title, table in (
        ("Scenarios with disguised refusals (95 % intervals)", _totals(figures["with_lies"])),
        ("Scenarios without disguised refusals (95 % intervals)", _totals(figures["without_lies"])),
        ("Alive and suppressed / gone and kept", _scenarios(figures["scenarios"])),
        (
            f"Mistakes that {RETESTED} still makes, by the true cause of the last refusal",
            _remaining(figures["scenarios"]),
        ),
        ("Alive and suppressed, with weights fitted without the vendor", _held_out(figures["held_out"])),
        *(
            (f"Probability of being alive, by {name}{_brier(found)}", _calibration(found))
            for name, found in figures["calibration"].items()
        ),
    ):
        console.print(title, style="bold", soft_wrap=True)
        console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=box.HORIZONTALS)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


def _totals(found: dict[str, Any]) -> Table:
    table = _table(
        "classifier", "alive, suppressed", "of all alive", "fewer than code", "gone, kept", "of all gone",
        "kept, cause stated", "worse than code",
    )  # fmt: skip
    for name, wrong in found.items():
        fewer = wrong["fewer_than_code"]
        table.add_row(
            name,
            f"{wrong['suppressed']:,}",
            _interval(wrong["suppressed_interval"]),
            "" if fewer is None else f"{fewer:.1%}",
            f"{wrong['missed']:,}",
            _interval(wrong["missed_interval"]),
            f"{wrong['missed_though_told']:,}",
            f"{wrong['worse_than_code']:,}",
        )
    return table


def _scenarios(scenarios: dict[str, Any]) -> Table:
    names = list(next(iter(scenarios.values()))["classifiers"]) if scenarios else []
    table = _table("scenario", "alive", "gone", *names, "further attempts")
    for name, each in scenarios.items():
        found = each["classifiers"]
        counts = [f"{found[one]['suppressed']:,} / {found[one]['missed']:,}" for one in names]
        first = found[names[0]]
        table.add_row(
            harmless(name), f"{first['living']:,}", f"{first['gone']:,}", *counts, f"{each['further_attempts']:,}"
        )
    return table


def _remaining(scenarios: dict[str, Any]) -> Table:
    table = _table("scenario", "true cause", "alive, suppressed", "gone, kept")
    for name, each in scenarios.items():
        for cause, wrong in each["left"].items():
            table.add_row(harmless(name), cause, f"{wrong['suppressed']:,}", f"{wrong['missed']:,}")
    return table


def _held_out(found: dict[str, Any]) -> Table:
    table = _table("vendor", "code", "context", "fewer than code")
    for persona, counts in found.items():
        fewer = "" if counts["fewer"] is None else f"{counts['fewer']:.1%}"
        table.add_row(harmless(persona), f"{counts['code']:,}", f"{counts['context']:,}", fewer)
    return table


def _brier(found: dict[str, Any]) -> str:
    return "" if found["brier"] is None else f", Brier score {found['brier']:.4f}"


def _calibration(found: dict[str, Any]) -> Table:
    table = _table("cases", "predicted", "alive")
    for each in found["bins"]:
        table.add_row(f"{each['cases']:,}", f"{each['said']:.1%}", f"{each['alive']:.1%}")
    return table


def _interval(bounds: list[float]) -> str:
    return f"{bounds[0]:.1%} to {bounds[1]:.1%}"


def print_sensitivity(console: Console, found: Sequence[SensitivityResult]) -> None:
    """Print the points of sweeps: alive and suppressed / gone and kept, for each classifier."""
    table = _table("varied", "", "alive", "gone", *found[0].errors)
    for _, points in groupby(found, key=lambda each: each.sweep):
        for number, each in enumerate(points):
            errors = [f"{wrong.wrongly_suppressed:,} / {wrong.missed_dead:,}" for wrong in each.errors.values()]
            first = "" if number else harmless(each.sweep)
            table.add_row(first, harmless(each.value), f"{each.alive:,}", f"{each.gone:,}", *errors)
    console.print("Alive and suppressed / gone and kept", style="bold", soft_wrap=True)
    console.print(table)
