"""The table of ``fivefifty evaluate --diagnose``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.console import Console

from probe.report.terminal.table import print_table
from probe.studies.diagnose.accuracy import Accuracy, Spent

_HEADINGS: Final = (
    "true cause", "recipients", "cause right", "best possible", "decided", "then cause right", "then mailbox right",
)  # fmt: skip
_LISTED: Final = 10


def print_accuracy(
    console: Console, causes: Mapping[str, Accuracy], spent: Mapping[str, Spent], mixed_up: Mapping[str, int]
) -> None:
    """Print how often diagnoses were right, and what they cost."""
    rows = [
        [cause, f"{recipients:,}", *("" if each is None else f"{each:.1%}" for each in shares)]
        for cause, (recipients, *shares) in causes.items()
    ]
    print_table(console, "Diagnoses of gateways whose cause is known", _HEADINGS, rows)
    print_table(
        console,
        "\nWhat they cost",
        ("", "median", "95th percentile"),
        [[what, f"{median:,.0f}", f"{most:,.0f}"] for what, (median, most) in spent.items()],
    )
    wrong = list(mixed_up.items())[:_LISTED]
    print_table(
        console, "\nWrong causes", ("true cause", "recipients"), [[pair, f"{times:,}"] for pair, times in wrong]
    )
