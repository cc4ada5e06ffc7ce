"""The command that tries suppression policies on the books of a run: suppression."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from probe.classify.registry import choose
from probe.cli.console import PipedConsole, RunFolder, app, printing
from probe.cli.output import require_writable
from probe.judge.scorecard import NAIVE
from probe.report.terminal.suppression import figures, print_policies
from probe.studies.suppression.cheapest import message_prices
from probe.studies.suppression.policies import POLICIES
from probe.studies.suppression.run import policy_named, replay_run


@app.command()
def suppression(
    folder: RunFolder,
    *,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            help=f"When an address is suppressed: {', '.join(POLICIES)}, or python:package.module:attribute; "
            "repeat for several (default: all)."
        ),
    ] = None,
    classifier: Annotated[
        list[str] | None, typer.Option(help=f"Who reads the bounces; repeat for several (default: {NAIVE}).")
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option(
            help="What a message costs that a living reader misses, and one to the gone: living=25,dead=0.05."
        ),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures to a file.")] = None,
) -> None:
    """Say which suppression policy to run: what each would have lost of the living, and sent to the gone."""
    policies = {name: policy_named(name) for name in policy} if policy else None
    readers = choose(classifier or [NAIVE])
    prices = message_prices(price) if price else None
    require_writable("--json", json_file)
    outcomes, complete = replay_run(folder, readers, policies)
    if json_file is not None:
        json_file.write_text(json.dumps(figures(outcomes, prices), indent=2) + "\n", "utf-8")
    with printing():
        print_policies(PipedConsole(), outcomes, prices, complete=complete)
