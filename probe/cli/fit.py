"""fivefifty fit: the weights of `context`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.exit_codes import keeping_nothing
from probe.cli.options import CORES, Workers
from probe.cli.output import printing
from probe.input_error import InputError


def fit(
    *,
    scenarios: Annotated[int, typer.Option(min=22, metavar="N", help="How many scenarios to make and run.")] = 528,
    seed: Annotated[int, typer.Option(metavar="N", help="Number of the first scenario.")] = 0,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where weights.toml and held_out.json go.")] = Path(
        "fitted"
    ),
    reference: Annotated[
        bool, typer.Option("--reference", help="Compare with gradient boosting on the same cases.")
    ] = False,
    workers: Workers = None,
) -> None:
    """Fit the weights of `context` on generated scenarios (needs the extra fit)."""
    from probe.report.terminal.sweep import runs_bar

    try:
        from probe.studies.fit import fit as session
    except ImportError as error:
        problem = f"needs scikit-learn, which is not installed ({error.name})"
        raise InputError("fit", problem, "install it: pip install 'fivefifty[fit]'") from None
    with keeping_nothing(), printing():
        for line in session.fit_into_folder(
            range(seed, seed + scenarios), out, workers or CORES, runs_bar, reference=reference
        ):
            print(line, flush=True)
