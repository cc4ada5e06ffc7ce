"""The exit codes, and the exceptions that only the command line raises."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path

from probe.input_error import ToldError


class Exit(IntEnum):
    """Exit codes, stable."""

    PASSED = 0
    GATE_FAILED = 1
    INPUT_WRONG = 2
    FAULT = 3
    CLASSIFIER_FAILED = 4
    REASON_FOUND = 1
    """Of diagnose."""
    CANNOT_TELL = 4
    """Of diagnose."""
    INTERRUPTED = 130
    PIPE_CLOSED = 141


class InterruptedRunError(ToldError):
    """Ctrl-C during a run."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"interrupted; {folder} holds what was done until then; --resume continues")


class NothingKeptError(InterruptedRunError):
    """Ctrl-C during a command that keeps nothing."""

    def __init__(self) -> None:
        Exception.__init__(self, "interrupted; nothing is kept")


@contextmanager
def keeping_nothing() -> Iterator[None]:
    """Say in one sentence that an interrupt leaves nothing behind."""
    try:
        yield
    except KeyboardInterrupt:
        raise NothingKeptError from None


class PipeClosedError(ToldError):
    """The reader of our output has closed it. An exception of its own, because typer exits with 1 on EPIPE."""
