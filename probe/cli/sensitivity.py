"""fivefifty sensitivity: one factor at a time."""

from __future__ import annotations

from typing import Annotated

import typer

from probe.cli.exit_codes import keeping_nothing
from probe.cli.options import CORES, AsJson, Plot, Workers
from probe.cli.output import print_notes, printing
from probe.user_files import require_writable, writing


def sensitivity(
    *,
    classifier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]WHAT", help="Classifier to score (default: code and context). Repeat for several."
        ),
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="FACTOR", help="Vary this factor alone, such as turnover. Repeat for several."),
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the campaigns.")] = 1,
    plot: Plot = None,
    as_json: AsJson = False,
    workers: Workers = None,
) -> None:
    """Vary one factor at a time on simulated campaigns and count each classifier's mistakes.

    Factors are the share of lies, turnover, company size, causes, missing evidence, and gateways that deceive on
    purpose. For context, recipients that it is unsure of get one more attempt.
    """
    import json

    from probe.classify.registry import choose
    from probe.cli.console import PipedConsole
    from probe.report.plots.chart_file import draw, require_drawable
    from probe.report.plots.sensitivity import chart
    from probe.report.terminal.evaluate import print_sensitivity
    from probe.report.terminal.sweep import runs_bar
    from probe.studies.evaluate.figures import CONTEXT
    from probe.studies.sensitivity.measure import measure
    from probe.studies.sensitivity.points import chosen_points

    names = classifier or ["code", CONTEXT]
    print_notes(note for each in choose(names) for note in each.notes)
    if plot is not None:
        require_drawable(plot)
        require_writable("--plot", plot)
    wanted = chosen_points(seed, only or ())
    with keeping_nothing(), runs_bar("points", len(wanted)) as filling:
        found = list(measure(wanted, names, workers or CORES, filling.advance))
    with printing():
        if as_json:
            print(json.dumps({"schema": 1, "points": [each.as_dict() for each in found]}, indent=2))
        else:
            print_sensitivity(PipedConsole(), found)
    if plot is not None:
        with writing(f"--plot {plot}"):
            draw(plot, chart(found))
