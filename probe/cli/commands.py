"""Every command: its name, its line in the list, its module. A command's module is imported when it is called."""

from __future__ import annotations

import importlib
from typing import Annotated, Any, Final, NamedTuple

import typer
import typer.main
from typer.core import TyperCommand, TyperGroup

from probe.cli.exit_codes import Exit


class Command(NamedTuple):
    """A command. Its file in this folder, and the function or typer.Typer in it, have its name or that of ``module``.

    ``help`` is the first paragraph of its documentation.
    """

    name: str
    help: str
    module: str = ""

    def load(self) -> Any:
        """Import the command's module and return the typer command or group in it."""
        name = self.module or self.name
        found = getattr(importlib.import_module(f"probe.cli.{name}"), name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        alone = typer.Typer(add_completion=False)
        alone.command(self.name)(found)
        return typer.main.get_command(alone)


COMMANDS: Final = (
    Command("init", "Set up a repository: a scenario, rules, a baseline, a test, jobs for GitHub and GitLab."),
    Command("run", "Run a scenario: send the campaigns, score the classifiers, check the gates."),
    Command("serve", "Serve a scenario's gateways and DNS in real time, for Postfix, swaks or any other sender."),
    Command("check", "Score a run again: other classifiers, other gates, or what your own system reported."),
    Command("report", "Write the report of a run: one HTML file that needs no network."),
    Command("show", "Show what is recorded about one recipient: attempts, truth, returned mail, dialogues."),
    Command("explain", "Explain how `context` reached its verdict on one recipient."),
    Command("diagnose", "Find out why a gateway refuses a recipient, with a few experiments."),
    Command(
        "listed", "Look up whether a sender is on blocklists, and distinguish a listing from a fault of the resolver."
    ),
    Command("placement", "Show where mail to seed mailboxes lands: inbox, junk or nowhere, with 95 % intervals."),
    Command("compare", "Compare two classifiers, or two versions of one; exit with 1 if the second is worse."),
    Command("baseline", "Record the mistakes that classifiers make today, so that CI fails only on new ones."),
    Command("sweep", "Run a scenario at every point of a grid and show where each classifier breaks."),
    Command("suppression", "Compare suppression policies: living recipients lost, messages sent to dead addresses."),
    Command("rules", "Lint, test and explain rule files."),
    Command("classifiers", "List the classifiers, and the ways to name one of your own."),
    Command("evaluate", "Score every classifier on many scenarios, with intervals and held-out vendors."),
    Command("sensitivity", "Vary one factor at a time on simulated campaigns and count each classifier's mistakes."),
    Command("fit", "Fit the weights of `context` on generated scenarios (needs the extra fit)."),
    Command("personas", "List, show and check the vendors whose gateways are simulated."),
    Command("scenarios", "List the scenarios that come with fivefifty, and copy one to change it."),
    Command("scenario", "Check scenario files, or print their JSON Schema."),
    Command("import", "Turn another system's log into a scenario that replays it, with invented names.", "import_log"),
    Command("books", "Show what a run recorded, whether it finished, and the hash of its books."),
)
"""In the order of the list: first a run, then what can be made of it."""


class _Group(TyperGroup):
    """A command with commands below it."""

    def get_help_option(self, ctx: Any) -> Any:
        """Return --help with a default. typer's has none, and it loads pydantic to read that as a bool."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.default = False
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Print the help where nothing is asked for and the group does nothing by itself."""
        if not args and not self.invoke_without_command and not ctx.resilient_parsing:
            typer.echo(ctx.get_help())
            raise typer.Exit(Exit.INPUT_WRONG)
        return super().parse_args(ctx, args)


def group(name: str) -> typer.Typer:
    """Return the application of a command that has commands below it."""
    (listed,) = (command for command in COMMANDS if command.name == name)
    return typer.Typer(cls=_Group, help=listed.help, add_completion=False)


class _Commands(_Group):
    """The commands of the list; one is loaded when it is called, or when its options are completed."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self._by_name = {command.name: command for command in COMMANDS}
        self.commands = {each.name: TyperCommand(each.name, help=each.help) for each in COMMANDS}

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the command that the first word names, loaded."""
        name, listed, rest = super().resolve_command(ctx, args)
        return name, None if listed is None else self._by_name[str(name)].load(), rest


def application() -> Any:
    """Return the whole command line; its ``main()`` runs it."""
    app = typer.Typer(
        cls=_Commands,
        help="Ground truth for bounce handling: simulated mail gateways, a sender, and a judge that compares each "
        "bounce with the truth.",
    )
    app.callback()(_fivefifty)
    command = typer.main.get_command(app)
    for option in command.params:
        option.default = option.default or False
    return command


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it with the option's value
    if wanted:
        from importlib import metadata

        typer.echo(f"fivefifty {metadata.version('fivefifty')}")
        raise typer.Exit


def _fivefifty(
    *,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version and exit.")
    ] = False,
) -> None:
    """Options before any command."""
