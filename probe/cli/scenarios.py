"""fivefifty scenarios: those that come with fivefifty."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.commands import group
from probe.cli.options import AsJson
from probe.cli.output import print_lines, printing

scenarios = group("scenarios")


@scenarios.callback(invoke_without_command=True)
def list_scenarios(context: typer.Context, *, as_json: AsJson = False) -> None:
    """List the scenarios that come with fivefifty, and copy one to change it."""
    if context.invoked_subcommand is not None:
        return
    import json

    from probe.cli.console import PipedConsole
    from probe.report.terminal.scenarios import print_list
    from probe.scenario.shipped_files import shipped_scenarios

    found = shipped_scenarios()
    with printing():
        if as_json:
            print(json.dumps([each._asdict() | {"file": str(each.file)} for each in found], indent=2))
        else:
            print_list(PipedConsole(), found)


@scenarios.command()
def copy(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the scenario, as fivefifty scenarios lists it.")],
    *,
    to: Annotated[Path, typer.Option("--to", metavar="FOLDER", help="Where the scenario goes.")] = Path("scenarios"),
) -> None:
    """Copy a scenario with the messages and lists that it needs, to change it and run it from there."""
    import shlex

    from probe.scenario import shipped_files

    written = shipped_files.copy(name, to)
    print_lines([*(f"wrote {file}" for file in written), f"next: fivefifty run {shlex.quote(str(written[0]))}"])
