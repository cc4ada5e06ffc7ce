"""The commands that tell about classifiers, and the options by which others choose them."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from probe.classify.external import protocol, python_object
from probe.classify.registry import OURS
from probe.cli.console import app, printing
from probe.harmless import harmless

classifiers_app = typer.Typer(help="Who can read bounces, and how a classifier of your own is asked.")
app.add_typer(classifiers_app, name="classifiers")

Wanted = Annotated[
    list[str] | None,
    typer.Option(
        "--classifier",
        metavar="[NAME=]WHAT",
        help="Who reads the bounces; repeat for several (default: the scenario's). See: fivefifty classifiers.",
    ),
]
Patience = Annotated[
    float, typer.Option(min=0.1, max=86_400.0, help="Seconds that a program or an endpoint may be silent.")
]
AllowPrograms = Annotated[
    bool, typer.Option("--allow-programs", help="Let the scenario run programs and Python as classifiers.")
]

_FORMS = (
    ("python:MODULE:NAME", "a class, a function that makes a classifier, or a function (Evidence) -> Reading"),
    ("program:COMMAND", "a program in any language: JSON Lines in, JSON Lines out (fivefifty classifiers schema)"),
    ("http://ADDRESS:PORT/", "an endpoint that takes and answers the same objects in JSON arrays; also https"),
    ("rules:FILE", "rules; also kumomta:, zone-mta:, powermta: and momentum:, each in its system's own format"),
)


@classifiers_app.callback(invoke_without_command=True)
def classifiers_list(context: typer.Context) -> None:
    """List the classifiers that are there, and the ways to name one of your own."""
    if context.invoked_subcommand is not None:
        return
    rows = [(name, _first_line(make)) for name, make in OURS.items()]
    for point in python_object.installed():
        by = "an unknown distribution" if point.dist is None else f"{point.dist.name} {point.dist.version}"
        hidden = "; hidden by ours of that name" if point.name in OURS else ""
        rows.append((point.name, f"of {by}: {point.value}{hidden}"))
    width = max(len(name) for name, _ in [*rows, *_FORMS])
    with printing():
        for name, told in [*rows, *_FORMS]:
            print(harmless(f"{name:<{width}}  {told}"))


@classifiers_app.command("schema")
def classifiers_schema() -> None:
    """Print the JSON Schema of what programs and endpoints are asked and answer."""
    with printing():
        print(json.dumps(protocol.schema(), indent=2))


def _first_line(make: object) -> str:
    line, _, _ = (make.__doc__ or "").partition("\n")
    return line[:1].lower() + line[1:]
