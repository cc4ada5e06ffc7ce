"""The table of ``fivefifty evaluate --diagnose --optimum``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rich.console import Console

from probe.report.terminal.table import print_table

_COSTS: Final = {
    "shipped": "as\nshipped",
    "optimal": "best\npossible",
    "fixed": "best\nfixed order",
    "fixed_by_reply": "one for each\nfirst refusal",
}


def print_optimum(console: Console, figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Print what diagnoses cost as shipped and at best, with an interval where tables were drawn."""
    rows = [
        [
            name,
            *(f"{each[key]:.2f}" for key in _COSTS),
            _share(each["above_optimum"]),
            f"{each['below_fixed']:.1%}",
            f"{each['decided']:.1%}",
        ]
        for name, each in figures.items()
    ]
    print_table(
        console,
        "Mean cost of a diagnosis, by how its experiments are chosen",
        ("refused at", *_COSTS.values(), "above best\npossible", "below best\nfixed order", "decided"),
        rows,
    )


def _share(figure: Mapping[str, float]) -> str:
    interval = f" ({figure['low'] * 100:.1f}-{figure['high'] * 100:.1f})" if figure["high"] > figure["low"] else ""
    return f"{figure['value']:.1%}{interval}"
