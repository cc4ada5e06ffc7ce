"""The tables of ``fivefifty evaluate --listed``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from probe.report.terminal.table import print_table

_COLUMNS = {
    "cases": "cases",
    "listed": "listed",
    "found": "found",
    "missed": "called clean",
    "not_listed": "not listed",
    "false_listings": "called listed",
    "unknown": "unknown",
    "fault_named": "fault named",
}


def print_listed_accuracy(console: Console, figures: Mapping[str, Any]) -> None:
    """Print a table for each tool: what was said of listed and of other subjects, by fault."""
    first, last = figures["seeds"]
    for name, tool in figures["tools"].items():
        title = f"{name}: {figures['zones']} blocklists, seeds from {first} to {last}"
        rows = [(fault, *_cells(of)) for fault, of in tool["faults"].items()]
        print_table(console, title, ("fault", *_COLUMNS.values()), [*rows, ("all", *_cells(tool["total"]))])


def _cells(of: Mapping[str, int]) -> list[str]:
    return [f"{of[name]:,}" for name in _COLUMNS]
