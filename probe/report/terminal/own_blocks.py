"""The tables of ``fivefifty evaluate --diagnose --own-blocks``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.console import Console

from probe.report.terminal.table import print_table


def print_own_blocks(console: Console, figures: Mapping[str, Any]) -> None:
    """Print how many verdicts were blocks of our own making, and what they were taken for."""
    share = figures["not_own_blocks"]
    rows = [
        ["simulated hours", f"{figures['hours']:,.0f}"],
        ["verdicts", f"{figures['verdicts']:,}"],
        ["decided", f"{figures['decided']:,}"],
        ["met a block that they had provoked", f"{figures['met_a_block']:,}"],
        ["were blocks of our own making", f"{figures['own_blocks']:,}"],
        ["were not", f"{share['value']:.2%} ({share['low'] * 100:.2f}-{share['high'] * 100:.2f})"],
    ]
    print_table(console, "Diagnoses at gateways that block whoever probes (with a 95 % interval)", ("", ""), rows)
    if figures["taken_for"]:
        wrong = [
            [f"{each['true']}, diagnosed as {each['diagnosed']}", str(each["wrong_mailboxes"]), str(each["verdicts"])]
            for each in figures["taken_for"]
        ]
        print_table(console, "\nBlocks that were taken for causes", ("", "wrong mailboxes", "verdicts"), wrong)
