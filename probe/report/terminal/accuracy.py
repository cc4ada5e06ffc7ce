"""The table of ``fivefifty evaluate --diagnose``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich import box
from rich.console import Console
from rich.table import Table

from probe.studies.diagnose.accuracy import Accuracy, Spent

_LISTED: Final = 10


def print_accuracy(
    console: Console, causes: Mapping[str, Accuracy], spent: Mapping[str, Spent], mixed_up: Mapping[str, int]
) -> None:
    """Print how often diagnoses were right, and what they cost."""
    table = Table(box=box.HORIZONTALS)
    for number, column in enumerate(
        ("true cause", "recipients", "cause right", "at best", "decided", "then cause right", "then mailbox right")
    ):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    for cause, (recipients, *shares) in causes.items():
        table.add_row(cause, f"{recipients:,}", *("" if each is None else f"{each:.1%}" for each in shares))
    console.print("Diagnoses of gateways whose cause is known", style="bold", soft_wrap=True)
    console.print(table)
    for what, (median, most) in spent.items():
        console.print(f"{what}: {median:,.0f} in half of the cases at most, {most:,.0f} in 95 of 100")
    for pair, times in list(mixed_up.items())[:_LISTED]:
        console.print(f"mixed up: {pair} ({times:,})")
