"""Printing to a reader that may go before the end."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from probe.cli.exit_codes import PipeClosedError
from probe.harmless import harmless
from probe.user_files import FULL, unwritable


@contextmanager
def printing() -> Iterator[None]:
    """Print to a reader that may go before the end.

    Raises PipeClosedError when it has gone, InputError when output goes to a disk that is full.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise PipeClosedError from None
    except OSError as error:
        if error.errno in FULL and error.filename is None:
            raise unwritable("standard output", error, "send it somewhere else") from None
        raise


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, each harmless to the terminal and on one line."""
    with printing():
        for line in lines:
            print(harmless(line.replace("\n", " ")))


def print_basis(folder: Path) -> None:
    """Print what the figures of a run are based on, if that is a log and not the truth."""
    from probe.judge.scorecard import AS_THE_LOG_SAYS
    from probe.ledger import Ledger

    with Ledger.open(folder) as ledger:
        if ledger.note("truth_is") == AS_THE_LOG_SAYS:
            print("Who is gone and who is alive is as the log says, unless you changed it.")


def print_notes(lines: Iterable[str]) -> None:
    """Print notes on standard error, each harmless to the terminal and on one line."""
    for line in lines:
        print(f"fivefifty: note: {harmless(line.replace(chr(10), ' '))}", file=sys.stderr)
