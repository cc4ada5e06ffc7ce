"""fivefifty fit: the weights of `context`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final

import typer

from probe.cli.exit_codes import keeping_nothing
from probe.cli.options import CORES, Workers
from probe.cli.output import printing
from probe.input_error import InputError

_SCENARIOS: Final = 190
_SEEDS: Final = 3
"""Each gateway of the patterns is drawn so often."""


def fit(
    *,
    scenarios: Annotated[
        int | None, typer.Option(min=22, metavar="N", help="How many scenarios to make and run (default: 190).")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="Number of the first scenario.")] = 0,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where weights.toml and held_out.json go, or patterns.csv.")
    ] = Path("fitted"),
    reference: Annotated[
        bool, typer.Option("--reference", help="Compare with gradient boosting on the same cases.")
    ] = False,
    diagnoses: Annotated[
        bool, typer.Option("--diagnose", help="Write patterns.csv for fivefifty diagnose instead.")
    ] = False,
    workers: Workers = None,
) -> None:
    """Fit the weights of `context` on generated scenarios (needs the extra fit)."""
    from probe.report.terminal.sweep import runs_bar

    if diagnoses:
        if scenarios is not None or reference:
            raise InputError("--diagnose", "makes its own gateways", "leave --scenarios and --reference out")
        _fit_diagnoses(seed, out, workers or CORES)
        return
    # numpy reads it when it is imported. On tables as narrow as ours, two threads take fifteen times as long as one.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        from probe.studies.fit import fit as session
    except ImportError as error:
        problem = f"needs scikit-learn, which is not installed ({error.name})"
        raise InputError("fit", problem, "install it: pip install 'fivefifty[fit]'") from None
    with keeping_nothing(), printing():
        for line in session.fit_into_folder(
            range(seed, seed + (scenarios or _SCENARIOS)), out, workers or CORES, runs_bar, reference=reference
        ):
            print(line, flush=True)


def _fit_diagnoses(seed: int, out: Path, workers: int) -> None:
    from fake_gateways import persona
    from probe.diagnose.experiments import EXPERIMENTS
    from probe.diagnose.patterns import written
    from probe.report.terminal.sweep import runs_bar
    from probe.studies.diagnose.cases import cases
    from probe.studies.diagnose.run import estimate
    from probe.user_files import write_here, writing

    drawn = list(cases(list(persona.names()), range(seed, seed + _SEEDS)))
    with keeping_nothing(), runs_bar("gateways", len(drawn)) as filling:
        patterns = estimate(drawn, workers, filling.advance)
    with writing(out, "choose another folder with --out"):
        out.mkdir(parents=True, exist_ok=True)
        write_here(out / "patterns.csv", written(patterns, EXPERIMENTS).encode())
    with printing():
        print(f"{len(patterns):,} recipients of {len(drawn):,} gateways: {out / 'patterns.csv'}")
