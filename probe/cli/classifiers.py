"""fivefifty classifiers: what can be given to --classifier."""

from __future__ import annotations

import typer

from probe.cli.commands import group
from probe.cli.output import print_lines

classifiers = group("classifiers")

_FORMS = (
    ("python:MODULE:NAME", "a class, a function that makes a classifier, or a function (Evidence) -> Reading"),
    ("program:COMMAND", "a program in any language: JSON Lines in, JSON Lines out (fivefifty classifiers schema)"),
    ("http://ADDRESS:PORT/", "an endpoint that gets and returns the same objects as JSON arrays; also https"),
)


@classifiers.callback(invoke_without_command=True)
def list_classifiers(context: typer.Context) -> None:
    """List the classifiers, and the ways to name one of your own."""
    if context.invoked_subcommand is not None:
        return
    from probe.classify.external import python_object
    from probe.classify.registry import OURS
    from probe.classify.spec import RULE_KINDS

    rows = [(name, _first_line(make)) for name, make in OURS.items()]
    for point in python_object.installed():
        by = "an unknown distribution" if point.dist is None else f"{point.dist.name} {point.dist.version}"
        hidden = "; not used, because fivefifty has a classifier of that name" if point.name in OURS else ""
        rows.append((point.name, f"of {by}: {point.value}{hidden}"))
    own, *others = RULE_KINDS
    *before, last = (f"{kind}:" for kind in others)
    rows.extend(_FORMS)
    rows.append((f"{own}:FILE", f"rules; also {', '.join(before)} and {last}, each in its system's own format"))
    width = max(len(name) for name, _ in rows)
    print_lines(f"{name:<{width}}  {description}" for name, description in rows)


@classifiers.command("schema")
def print_schema() -> None:
    """Print the JSON Schema of the objects that a program or endpoint gets and returns."""
    import json

    from probe.classify.external import protocol
    from probe.cli.output import printing

    with printing():
        print(json.dumps(protocol.schema(), indent=2))


def _first_line(make: object) -> str:
    line, _, _ = (make.__doc__ or "").partition("\n")
    return line[:1].lower() + line[1:]
