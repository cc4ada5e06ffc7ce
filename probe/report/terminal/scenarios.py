"""Prints the scenarios that come with fivefifty."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from probe.scenario.shipped_files import ShippedScenario


def print_list(console: Console, scenarios: Iterable[ShippedScenario]) -> None:
    """Print the name and title of each scenario, with what it shows below, and what can be done with a name."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column()
    for each in scenarios:
        table.add_row(each.name, Text(each.title, style="bold"))
        table.add_row("", escape(each.story))
    console.print(table)
    console.print(
        "\nRun one by its name: fivefifty run control. Copy one to change it: fivefifty scenarios copy control."
    )
