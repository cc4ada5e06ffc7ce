"""The tables of ``fivefifty evaluate``: mistakes of each classifier, the frontier, and whether probabilities hold."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from probe.harmless import harmless
from probe.report.prices import price_range
from probe.studies.evaluate.figures import KEEPS_ALL, is_retested
from probe.studies.evaluate.summary import FAR_ABOVE
from probe.studies.sensitivity.result import SensitivityResult


def print_evaluation(console: Console, figures: dict[str, Any]) -> None:
    """Print the figures of an evaluation as tables. Drawn scenarios are grouped by family."""
    by, groups = "scenario", figures["scenarios"]
    remaining = groups
    if figures["families"]:
        by, groups, remaining = "family", figures["families"], {"all": figures["all"]}
    for title, table in (
        ("Scenarios with disguised refusals (95 % intervals)", _totals(figures["with_lies"])),
        ("Scenarios without disguised refusals (95 % intervals)", _totals(figures["without_lies"])),
        ("Families on which no weights were fitted (95 % intervals)", _totals(figures["reserved"])),
        ("Alive and suppressed / gone and kept", _groups(by, groups)),
        ("Where each classifier is the furthest behind code", _worst(figures["worst"])),
        ("What is cheapest, by the price of one of the living in messages to the gone", _frontier(figures["frontier"])),
        ("Mistakes after the retests, by the true cause of the last refusal", _remaining(by, remaining)),
        ("Alive and suppressed, with weights fitted without the vendor", _held_out(figures["held_out"])),
        *(
            (f"Those that bounced: probability of being alive, by {harmless(name)}{_brier(found)}", _calibration(found))
            for name, found in figures["calibration"].items()
        ),
    ):
        if table.row_count:
            console.print(title, style="bold", soft_wrap=True)
            console.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=box.HORIZONTALS)
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    return table


def _totals(found: dict[str, Any]) -> Table:
    table = _table(
        "classifier", "alive, suppressed", "of all alive", "mean of scenarios", "fewer than code",
        "than code, retested", "gone, kept", "of all gone", "mean of scenarios",
    )  # fmt: skip
    for name, wrong in found.items():
        table.add_row(
            harmless(name),
            f"{wrong['suppressed']:,}",
            _interval(wrong["suppressed_interval"]),
            _percent(wrong["mean_suppressed"]),
            _percent(wrong["fewer_than_code"]),
            _percent(wrong["fewer_than_code_retested"] if is_retested(name) else None),
            f"{wrong['missed']:,}",
            _interval(wrong["missed_interval"]),
            _percent(wrong["mean_missed"]),
        )
    return table


def _groups(by: str, groups: dict[str, Any]) -> Table:
    """Return the mistakes in each scenario or family; who keeps all has the number of the gone in a column already."""
    every = next(iter(groups.values()))["classifiers"] if groups else {}
    names = [name for name in every if name != KEEPS_ALL]
    table = _table(by, "alive", "gone", *map(harmless, names), "retests")
    for group, each in groups.items():
        found = each["classifiers"]
        counts = [_mistakes(found[name]) for name in names]
        first = found[names[0]]
        table.add_row(harmless(group), f"{first['living']:,}", f"{first['gone']:,}", *counts, f"{each['retests']:,}")
    return table


def _worst(found: dict[str, Any]) -> Table:
    table = _table(
        "classifier", "gone, kept: points above code", "in", f"scenarios over {FAR_ABOVE * 100:.0f} points",
        "alive, suppressed: more than code", "in", "scenarios with more",
    )  # fmt: skip
    for name, each in found.items():
        missed, lost = each["missed"], each["lost"]
        table.add_row(
            harmless(name),
            f"{missed['above_code'] * 100:+.1f}",
            harmless(missed["scenario"]) if missed["above_code"] > 0 else "",
            f"{missed['scenarios_far_above']:,}",
            f"{lost['more_than_code']:+,}",
            harmless(lost["scenario"]) if lost["more_than_code"] > 0 else "",
            f"{lost['scenarios_with_more']:,}",
        )
    return table


def _frontier(found: Sequence[dict[str, Any]]) -> Table:
    table = _table("classifier or policy", "alive, suppressed", "gone, kept", "retests", "cheapest", "dominated by")
    for each in found:
        table.add_row(
            harmless(each["name"]),
            f"{each['lost']:,}",
            f"{each['kept']:,}",
            f"{each['retests']:,}" if is_retested(each["name"]) else "",
            "" if each["cheapest"] is None else price_range(*each["cheapest"]),
            harmless(next(iter(each["dominated_by"]), "")),
        )
    return table


def _remaining(by: str, groups: dict[str, Any]) -> Table:
    causes = [(group, cause, wrong) for group, each in groups.items() for cause, wrong in each["left"].items()]
    names = list(causes[0][2]) if causes else []
    table = _table(by, "true cause", *map(harmless, names))
    for group, cause, wrong in causes:
        table.add_row(harmless(group), cause, *(_mistakes(wrong[name]) for name in names))
    return table


def _held_out(found: dict[str, Any]) -> Table:
    table = _table("vendor", "code", "context", "fewer than code")
    for persona, counts in found.items():
        table.add_row(harmless(persona), f"{counts['code']:,}", f"{counts['context']:,}", _percent(counts["fewer"]))
    return table


def _brier(found: dict[str, Any]) -> str:
    return f", Brier score {found['brier']:.4f}"


def _calibration(found: dict[str, Any]) -> Table:
    table = _table("cases", "predicted", "alive")
    for each in found["bins"]:
        table.add_row(f"{each['cases']:,}", f"{each['said']:.1%}", f"{each['alive']:.1%}")
    return table


def _mistakes(wrong: dict[str, int]) -> str:
    return f"{wrong['suppressed']:,} / {wrong['missed']:,}"


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.1%}"


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
