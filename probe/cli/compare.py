"""fivefifty compare: two classifiers, or two versions of one."""

from __future__ import annotations

from typing import Annotated

import typer

from probe.cli.exit_codes import Exit
from probe.cli.output import print_basis, printing


def compare(
    first: Annotated[str, typer.Argument(metavar="A", help="A run, or RUN:CLASSIFIER.")],
    second: Annotated[
        str, typer.Argument(metavar="B", help="Another run of the same scenario, or another classifier.")
    ],
) -> None:
    """Compare two classifiers, or two versions of one; exit with 1 if the second is worse.

    Shows the recipients on which they differ, and whether the difference could be chance.
    """
    from probe.cli.console import PipedConsole
    from probe.judge.compare_run import ComparedRun, compare_runs
    from probe.report.terminal.compare import print_comparison

    run = ComparedRun.parse(first)
    compared = compare_runs(run, ComparedRun.parse(second))
    with printing():
        print_basis(run.folder)
        print_comparison(PipedConsole(), compared)
    raise typer.Exit(Exit.GATE_FAILED if any(each.is_worse for each in compared.values()) else Exit.PASSED)
