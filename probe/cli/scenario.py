"""Commands that look at scenario and persona files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from fake_gateways.persona_lint import remarks
from probe.cli.console import PipedConsole, app, load_scenario, printing
from probe.harmless import harmless
from probe.lab.classifiers import look_at
from probe.lab.gates import expected
from probe.lab.prepare import prepare
from probe.report.terminal.personas import print_list, print_persona
from probe.scenario.load import load_persona
from probe.scenario.model import Scenario

scenario_app = typer.Typer(help="Look at scenario files.", no_args_is_help=True)
app.add_typer(scenario_app, name="scenario")
personas_app = typer.Typer(help="Look at the vendors whose gateways are simulated.")
app.add_typer(personas_app, name="personas")


@personas_app.callback(invoke_without_command=True)
def personas_list(context: typer.Context) -> None:
    """List the vendors whose gateways are simulated."""
    if context.invoked_subcommand is None:
        with printing():
            print_list(PipedConsole())


@personas_app.command("show")
def personas_show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A persona, or a file of your own.")],
) -> None:
    """Explain one persona: how it decides, what it says and where that was seen, and how it is known to lie."""
    with printing():
        print_persona(PipedConsole(), load_persona(name, name))


@personas_app.command("check")
def personas_check(file: Annotated[str, typer.Argument(metavar="FILE", help="A persona file (TOML).")]) -> None:
    """Check a persona file, and tell its author what is missing."""
    persona = load_persona(file if file.endswith(".toml") else f"{file}.toml", file)
    found = [f"{harmless(file)}: {harmless(remark)}" for remark in remarks(persona)]
    for line in found:
        print(line)
    count = f"{len(found)} remark{'' if len(found) == 1 else 's'}" if found else "nothing is missing"
    print(f"{harmless(file)}: good. {len(persona.refusal)} wordings, {len(persona.lie)} known lies; {count}.")


@scenario_app.command("check")
def scenario_check(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> None:
    """Check a scenario file and say what it would set up."""
    loaded = load_scenario(file)
    prepared = prepare(loaded)
    gates = expected(prepared, look_at(loaded))
    print(
        f"{harmless(str(file))}: good. {len(prepared.everybody):,} recipients at {len(prepared.companies):,} gateways, "
        f"{len(gates)} gate{'' if len(gates) == 1 else 's'}."
    )


@scenario_app.command("schema")
def scenario_schema() -> None:
    """Print the JSON Schema of scenario files, for editors."""
    print(json.dumps(Scenario.model_json_schema(by_alias=True), indent=2))
