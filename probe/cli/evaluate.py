"""fivefifty evaluate: every classifier on many scenarios."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

import typer

from probe.cli.exit_codes import keeping_nothing
from probe.cli.options import CORES, AsJson, Plot, Workers
from probe.cli.output import printing
from probe.input_error import InputError

_SEED: Final = 101
"""The patterns of diagnose are made with other seeds."""
_SEEDS: Final = 2
"""Each gateway is drawn so often."""
_LISTED_SEEDS: Final = 20
"""So often each list is asked with each fault."""
_HOURS: Final = 10_000
"""So many simulated hours are spent at gateways that block whoever probes."""
_DRAWS: Final = 200
"""How many tables with noise are drawn, at each depth."""


def evaluate(
    scenarios: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="SCENARIO",
            help="Scenario files, names or folders (default: scenarios/, or else those of fivefifty).",
        ),
    ] = None,
    *,
    classifier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]WHAT",
            help="Another classifier to score, besides the baselines and context. Repeat for several.",
        ),
    ] = None,
    as_json: AsJson = False,
    workers: Workers = None,
    diagnoses: Annotated[
        bool,
        typer.Option("--diagnose", help="Measure fivefifty diagnose instead, at gateways whose cause is known."),
    ] = False,
    listings: Annotated[
        bool,
        typer.Option("--listed", help="Measure fivefifty listed instead, at blocklists whose entries are known."),
    ] = False,
    placement: Annotated[
        bool,
        typer.Option("--placement", help="Measure fivefifty placement instead, in worlds whose shares are known."),
    ] = False,
    drawn: Annotated[
        int | None,
        typer.Option(
            "--drawn", min=1, metavar="N", help="Draw this many scenarios instead, on which no weights were fitted."
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(metavar="N", help="First random seed (default: 101, with --drawn 0)."),
    ] = None,
    plot: Plot = None,
    gateways: Annotated[
        int | None,
        typer.Option(
            "--cases",
            min=1,
            metavar="N",
            help="How many gateways (--diagnose), seeds (--listed), or worlds and years (--placement) are drawn.",
        ),
    ] = None,
    held_out: Annotated[
        bool,
        typer.Option(
            "--held-out", help="With --diagnose: diagnose each vendor also with the patterns of the others only."
        ),
    ] = False,
    optimum: Annotated[
        bool,
        typer.Option(
            "--optimum", help="With --diagnose: compare its choice of experiments with the best possible one instead."
        ),
    ] = False,
    own_blocks: Annotated[
        bool,
        typer.Option(
            "--own-blocks",
            help="With --diagnose: count verdicts that were blocks of our own making in 10,000 hours instead.",
        ),
    ] = False,
) -> None:
    """Score every classifier on many scenarios, with intervals and held-out vendors.

    Each scenario runs in memory, without retests and with them: one more attempt a week later to recipients that
    context cannot decide on. The other classifiers read both runs as well.
    """
    makes_own = {
        "--diagnose": (diagnoses, "gateways"),
        "--listed": (listings, "blocklists"),
        "--placement": (placement, "worlds"),
        "--drawn": (drawn is not None, "scenarios"),
    }
    chosen = [option for option, (given, _) in makes_own.items() if given]
    for option in chosen:
        if scenarios or len(chosen) > 1 or (option != "--drawn" and (classifier or plot)):
            raise InputError(option, f"makes its own {makes_own[option][1]}", "leave the others out")
    belonging = {
        "--seed": (seed is not None, list(makes_own)),
        "--cases": (gateways is not None, ["--diagnose", "--listed", "--placement"]),
        "--held-out": (held_out, ["--diagnose"]),
        "--optimum": (optimum, ["--diagnose"]),
        "--own-blocks": (own_blocks, ["--diagnose"]),
    }
    for option, (given, fitting) in belonging.items():
        if given and not set(chosen) & set(fitting):
            raise InputError(option, f"belongs to {' or '.join(fitting)}", f"add {fitting[0]}, or leave it out")
    first = _SEED if seed is None else seed
    if optimum:
        _compare_with_optimum(first, as_json=as_json)
    elif own_blocks:
        _count_own_blocks(first, workers or CORES, as_json=as_json)
    elif diagnoses:
        _evaluate_diagnoses(first, gateways, workers or CORES, held_out=held_out, as_json=as_json)
    elif listings:
        from probe.cli.evaluate_listed import evaluate_listings

        evaluate_listings(first, gateways or _LISTED_SEEDS, workers or CORES, as_json=as_json)
    elif placement:
        from probe.cli.evaluate_placement import evaluate_placement

        evaluate_placement(first, gateways, as_json=as_json)
    else:
        from probe.cli.evaluate_classifiers import evaluate_classifiers

        wanted = scenarios if drawn is None else range(seed or 0, (seed or 0) + drawn)
        evaluate_classifiers(wanted, classifier or (), plot, workers or CORES, as_json=as_json)


def _evaluate_diagnoses(seed: int, most: int | None, workers: int, *, held_out: bool, as_json: bool) -> None:
    import json
    import random
    import sys

    from fake_gateways import persona
    from probe.cli.console import PipedConsole
    from probe.report.terminal.accuracy import print_accuracy
    from probe.report.terminal.sweep import runs_bar
    from probe.studies.diagnose import measure_run as study
    from probe.studies.diagnose.cases import as_met, cases
    from probe.studies.diagnose.figures import summary
    from probe.studies.diagnose.verifier_run import has_py3_validate_email

    personas = list(persona.names())
    drawn = list(as_met(cases(personas, range(seed, seed + _SEEDS))))
    if most is not None and most < len(drawn):
        drawn = random.Random(seed).sample(drawn, most)  # noqa: S311 - must be repeatable
    if not has_py3_validate_email():
        print("py3-validate-email is left out: it is not installed", file=sys.stderr)
    others = None
    with keeping_nothing():
        if held_out:
            known = list(cases(personas, study.ESTIMATED_FROM))
            with runs_bar("gateways for the patterns", len(known)) as filling:
                others = study.vendors_held_out(known, workers, filling.advance)
        with runs_bar("gateways", len(drawn)) as filling:
            found = study.measure(drawn, workers, filling.advance, others)
    figures = summary(found, len(drawn), seed)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_accuracy(PipedConsole(), figures)


def _compare_with_optimum(seed: int, *, as_json: bool) -> None:
    import json
    import random

    from probe.cli.console import PipedConsole
    from probe.diagnose.conditions import Depth
    from probe.diagnose.patterns import shipped
    from probe.report.terminal.optimum import print_optimum
    from probe.report.terminal.sweep import runs_bar
    from probe.studies.diagnose.optimum import summary

    rng = random.Random(seed)  # noqa: S311 - must be repeatable
    with keeping_nothing(), runs_bar("tables with noise", len(Depth) * _DRAWS) as filling:
        figures = summary(shipped(), rng, _DRAWS, filling.advance)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_optimum(PipedConsole(), figures)


def _count_own_blocks(seed: int, workers: int, *, as_json: bool) -> None:
    import json

    from fake_gateways import persona
    from probe.cli.console import PipedConsole
    from probe.report.terminal.own_blocks import print_own_blocks
    from probe.report.terminal.sweep import runs_bar
    from probe.studies.diagnose.own_blocks import own_blocks
    from probe.studies.diagnose.own_blocks_run import measure_own_blocks

    with keeping_nothing(), runs_bar("simulated hours", _HOURS) as filling:
        found = list(measure_own_blocks(list(persona.names()), seed, _HOURS, workers, filling.advance))
    figures = own_blocks(found)
    with printing():
        if as_json:
            print(json.dumps(figures, indent=2))
        else:
            print_own_blocks(PipedConsole(), figures)
