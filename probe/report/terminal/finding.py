"""Prints one finding: whether it passed, its figure, and the recipients behind a failure."""

from __future__ import annotations

from typing import Final

from rich.console import Console
from rich.text import Text

from probe.harmless import clipped, harmless
from probe.judge.findings import Finding

LONGEST: Final = 500
"""The most characters of a line that are shown."""


def print_finding(console: Console, kind: str, finding: Finding) -> None:
    """Print a finding of a kind, such as ``gate``, and then its lines."""
    word, style = ("passed", "green") if finding.passed else ("FAILED", "bold red")
    console.print(Text.assemble(f"{kind} ", (word, style), f"  {harmless(finding.sentence)}"), soft_wrap=True)
    for line in finding.lines():
        console.print(Text(f"  {clipped(line, LONGEST)}"), soft_wrap=True)
