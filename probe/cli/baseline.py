"""fivefifty baseline: the mistakes that a classifier is known to make, in a file for git."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.commands import group
from probe.cli.output import print_lines

baseline = group("baseline")


@baseline.callback()
def _baseline() -> None:
    """Keep ``update`` a command of its own: typer takes the only command of a group for the group."""


@baseline.command()
def update(
    run: Annotated[list[Path], typer.Argument(metavar="RUN", help="Folders of runs.")],
    *,
    file: Annotated[
        Path, typer.Option("--baseline", metavar="FILE", help="File to write; other scenarios in it stay as they are.")
    ] = Path("baseline.toml"),
    classifier: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Classifier to record (default: all that read the run). Repeat for several."),
    ] = None,
) -> None:
    """Record the mistakes of a run's classifiers; run and check compare with them."""
    from probe.judge import baseline_file

    for folder in run:
        scenario, known = baseline_file.known_in(folder, classifier)
        baseline_file.update(file, scenario, known)
        print_lines(
            f"{scenario} {name}: {len(each.wrongly_suppressed):,} wrongly suppressed, {len(each.missed_dead):,} missed"
            for name, each in known.classifiers.items()
        )
