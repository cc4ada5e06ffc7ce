"""fivefifty personas: the vendors whose gateways are simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from probe.cli.commands import group
from probe.cli.output import print_lines, printing

personas = group("personas")


@personas.callback(invoke_without_command=True)
def list_personas(context: typer.Context) -> None:
    """List the vendors whose gateways are simulated."""
    if context.invoked_subcommand is not None:
        return
    from probe.cli.console import PipedConsole
    from probe.report.terminal.personas import print_list

    with printing():
        print_list(PipedConsole())


@personas.command()
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A persona, or a persona file of your own.")],
) -> None:
    """Show one persona: the order of its checks, its replies with their sources, and its known lies."""
    from probe.cli.console import PipedConsole
    from probe.report.terminal.personas import print_persona
    from probe.scenario.load import load_persona

    with printing():
        print_persona(PipedConsole(), load_persona(name, name))


@personas.command()
def check(file: Annotated[str, typer.Argument(metavar="FILE", help="Persona file (TOML).")]) -> None:
    """Check a persona file and list what is missing."""
    from fake_gateways.persona_lint import remarks
    from probe.scenario.load import load_persona

    file = file if file.endswith(".toml") or not file else f"{file}.toml"
    persona = load_persona(file, file)
    found = [f"{file}: {remark}" for remark in remarks(persona, Path(file).stem)]
    count = f"{len(found)} remark{'' if len(found) == 1 else 's'}" if found else "nothing is missing"
    wordings = f"{len(persona.refusal)} wordings, {len(persona.lie)} known lies"
    print_lines([*found, f"{file}: good. {wordings}; {count}."])
