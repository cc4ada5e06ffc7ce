"""What every command shares: the application, its exit codes, and printing to somebody who may go before the end."""

from __future__ import annotations

import ipaddress
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import IO, Annotated, Any, Final, cast

import typer
from rich.console import Console
from typer.core import TyperGroup

from fake_gateways.loopback import Network
from probe.input_error import InputError
from probe.scenario.load import Loaded, load

_AS_WIDE_AS_IT_TAKES: Final = 100_000
_PADDING: Final = re.compile(r" +$", re.MULTILINE)

_ORDER: Final = (
    "init", "run", "serve", "check", "report", "show", "explain", "compare", "baseline", "sweep", "suppression",
    "rules", "classifiers", "evaluate", "sensitivity", "fit", "personas", "scenario", "import", "books",
)  # fmt: skip


class _InOrder(TyperGroup):
    """Lists commands as somebody meets them: a run first, then what is made of it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the commands."""
        return sorted(super().list_commands(ctx), key=_ORDER.index)


app = typer.Typer(
    cls=_InOrder,
    help="Ground truth for bounce handling: gateways that lie, a sender that believes them, a judge that knows better.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


class Exit(IntEnum):
    """Exit codes, stable."""

    PASSED = 0
    GATE_FAILED = 1
    INPUT_WRONG = 2
    FAULT = 3
    CLASSIFIER_FAILED = 4
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class InterruptedRunError(Exception):
    """Somebody pressed Ctrl-C during a run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"interrupted; {folder} holds what had happened until then; --resume goes on")


class NothingKeptError(InterruptedRunError):
    """Somebody pressed Ctrl-C during a command that keeps nothing."""

    def __init__(self) -> None:
        Exception.__init__(self, "interrupted; nothing is kept")


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Say in one sentence that an interrupt leaves nothing behind."""
    try:
        yield
    except KeyboardInterrupt:
        raise NothingKeptError from None


class PipeClosedError(Exception):
    """Whoever read our output has gone. Of its own kind, because click takes the system's for a failure."""


class _Unpadded:
    """Standard output without the spaces that tables end their lines with."""

    encoding = property(lambda _: sys.stdout.encoding)

    def write(self, text: str) -> int:
        return sys.stdout.write(_PADDING.sub("", text))

    def flush(self) -> None:
        sys.stdout.flush()


class PipedConsole(Console):
    """A console that cuts nothing to a width where there is no terminal.

    It leaves it to the command to end when its reader has gone.
    """

    def __init__(self) -> None:
        super().__init__()
        if not self.is_terminal:
            self.width = _AS_WIDE_AS_IT_TAKES
            self.file = cast("IO[str]", _Unpadded())

    def on_broken_pipe(self) -> None:
        """Say so, where rich would exit with the code of a failed gate."""
        raise PipeClosedError


@contextmanager
def printing() -> Iterator[None]:
    """Print to somebody who may go before the end."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise PipeClosedError from None


ScenarioFile = Annotated[Path, typer.Argument(metavar="SCENARIO", help="A scenario file (TOML).")]
AllowNetwork = Annotated[
    list[str] | None,
    typer.Option(help="A network beside loopback that addresses may be in, such as 10.1.0.0/16; repeat for several."),
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]


def load_scenario(path: Path, seed: int | None = None) -> Loaded:
    """Read a scenario file, with another seed if one is given; raises InputError."""
    loaded = load(path)
    if seed is None:
        return loaded
    return Loaded(loaded.scenario.model_copy(update={"seed": seed}), loaded.folder, loaded.path)


def networks(wanted: list[str] | None) -> tuple[Network, ...]:
    """Read networks; raises InputError."""
    try:
        return tuple(ipaddress.ip_network(text) for text in wanted or ())
    except ValueError as error:
        raise InputError("--allow-network", str(error), "write for example 10.1.0.0/16") from None
