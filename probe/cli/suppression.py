"""The command that tries suppression policies on the books of a run: suppression."""

from __future__ import annotations

import importlib
import json
import sys
from math import inf
from pathlib import Path
from typing import Annotated

import typer

from probe.classify.registry import choose
from probe.cli.console import PipedConsole, RunFolder, app, printing
from probe.cli.output import require_writable
from probe.input_error import InputError
from probe.judge.scorecard import NAIVE
from probe.judge.story import stories
from probe.ledger import Ledger
from probe.report.terminal.suppression import figures, print_policies
from probe.studies.suppression.cheapest import Prices
from probe.studies.suppression.policies import POLICIES, Policy
from probe.studies.suppression.replay import try_out

_OWN = "python:"


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
            help="living=25,dead=0.05: what a message costs that a living reader misses, and one to the gone."
        ),
    ] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures to a file.")] = None,
) -> None:
    """Say which suppression policy to run: what each would have lost of the living, and sent to the gone."""
    policies = {name: _policy(name) for name in policy} if policy else None
    readers = choose(classifier or [NAIVE])
    prices = _prices(price) if price else None
    require_writable("--json", json_file)
    with Ledger.open(folder) as ledger:
        told = stories(
            ((attempt, None) for attempt in ledger.attempts()),  # a policy sees no decision, and nor do we
            {mailbox.address: mailbox for mailbox in ledger.mailboxes()},
            ledger.returned(),
            ledger.engagements(),
        )
        complete = ledger.complete
    if len({campaign for campaign, _ in told}) < 2:
        problem = "holds one campaign, and what a policy comes to shows in the campaigns after a bounce"
        raise InputError(folder, problem, 'give its scenario another [[campaign]], with at = "30d" or the like')
    outcomes = try_out(told, readers, policies)
    if json_file is not None:
        json_file.write_text(json.dumps(figures(outcomes, prices), indent=2) + "\n", "utf-8")
    with printing():
        print_policies(PipedConsole(), outcomes, prices, complete=complete)


def _policy(name: str) -> Policy:
    """Return a policy by its name, or import one; raises InputError."""
    if name in POLICIES:
        return POLICIES[name]
    place = f"--policy {name}"
    module, _, attribute = name.removeprefix(_OWN).partition(":")
    if not (name.startswith(_OWN) and module and attribute):
        known = ", ".join(POLICIES)
        raise InputError(place, "is not a policy", f"use one of: {known}; or python:package.module:attribute")
    if "" not in sys.path:
        sys.path.insert(0, "")  # a command has no folder of its own to import from: let it be where it is started
    try:
        found = importlib.import_module(module)
        for step in attribute.split("."):
            found = getattr(found, step)
    except Exception as error:
        problem = f"cannot be imported ({type(error).__name__}: {error})"
        raise InputError(place, problem, "correct it, or start fivefifty in the folder that has the module") from error
    if not callable(found):
        raise InputError(place, "is no callable", "name one that takes what was heard and a moment, and returns a bool")
    return found


def _prices(wanted: list[str]) -> Prices:
    """Read prices; raises InputError."""
    given: dict[str, float] = {}
    for text in (part.strip() for each in wanted for part in each.split(",")):
        name, _, number = text.partition("=")
        try:
            given[name] = float(number)
        except ValueError:
            given[name] = -1
        if name not in Prices._fields or not 0 <= given[name] < inf:
            raise InputError(f"--price {text}", "is no price", "write for example living=25,dead=0.05")
    if len(given) < len(Prices._fields):
        raise InputError(f"--price {','.join(wanted)}", "is one price of two", "write for example living=25,dead=0.05")
    return Prices(**given)
