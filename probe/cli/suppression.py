"""fivefifty suppression: suppression policies on the books of a run."""

from __future__ import annotations

from typing import Annotated

import typer

from probe.cli.options import AsJson, RunFolder
from probe.cli.output import print_notes, printing


def suppression(
    run: RunFolder,
    *,
    policy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="POLICY",
            help="first-hard, classifier-gated, grey-7-days, second-hard, three-hard, three-in-a-row, never, or "
            "python:package.module:attribute (default: all). Repeat for several.",
        ),
    ] = None,
    classifier: Annotated[
        list[str] | None,
        typer.Option(
            metavar="[NAME=]WHAT", help="Classifier that reads the bounces (default: code). Repeat for several."
        ),
    ] = None,
    price: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PRICES",
            help="What a message costs that a living reader misses, and one to a dead address, such as "
            "living=25,dead=0.05.",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compare suppression policies: living recipients lost, messages sent to dead addresses."""
    import json

    from probe.classify.registry import choose
    from probe.cli.console import PipedConsole
    from probe.judge.scorecard import NAIVE
    from probe.report.terminal.suppression import figures, print_policies
    from probe.studies.suppression.cheapest import message_prices
    from probe.studies.suppression.run import policy_named, replay_run

    policies = {name: policy_named(name) for name in policy} if policy else None
    readers = choose(classifier or [NAIVE])
    print_notes(note for each in readers for note in each.notes)
    prices = message_prices(price) if price else None
    outcomes, complete = replay_run(run, readers, policies)
    with printing():
        if as_json:
            print(json.dumps(figures(outcomes, prices), indent=2))
        else:
            print_policies(PipedConsole(), outcomes, prices, complete=complete)
