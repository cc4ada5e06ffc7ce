"""Prints how good intervals and alarm of placement are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from probe.report.terminal.table import print_table


def print_placement_study(console: Console, figures: Mapping[str, Any]) -> None:
    """Print a table of the intervals by number of seeds, and one of the alarm by what is usual."""
    alike = list(figures["intervals"][0]["by_alike"])
    print_table(
        console,
        f"How often an interval of 95 % has the true share in it ({figures['worlds']:,} worlds for each alikeness)",
        ["seeds at providers", "all", *(f"alike\n{each}" for each in alike), "mean\nwidth", "mean\nerror"],
        [
            [
                f"{each['seeds']} at {each['providers']}",
                _percent(each["covered"]),
                *(_percent(part) for part in each["by_alike"].values()),
                f"{each['width']:.3f}",
                f"{each['error']:.3f}",
            ]
            for each in figures["intervals"]
        ],
    )
    console.print()
    falls = list(figures["alarms"][0]["falls"])
    print_table(
        console,
        f"The alarm: 24 seeds at 6 providers, once a day ({figures['years']:,} years, and as many falls by 15 points)",
        [
            "usual share",
            "alike on\none day",
            "false\na year",
            *(f"{fall}:\n{what}" for fall in falls for what in ("in 3 days", "mean days")),
        ],
        [
            [
                f"{each['usual']:.0%}",
                f"{each['alike']:g}",
                f"{each['false_a_year']:.2f}",
                *(
                    shown
                    for fall in each["falls"].values()
                    for shown in (_percent(fall["within_three_days"]), f"{fall['mean_days']:.1f}")
                ),
            ]
            for each in figures["alarms"]
        ],
    )


def _percent(share: Mapping[str, float]) -> str:
    return f"{share['value']:.1%}"
