"""The command ``fivefifty`` in a process that is forked: no interpreter has to start, and to import all, once more."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from probe.cli import PROGRAM, main
from probe.cli.commands import application
from simulation.command import fault_in

_FORK: Final = get_context("fork")


class Forked:
    """The command with some arguments, in a process that leads a group.

    Its workers start as a user's do: forked, they would have the books open that their parent has, and SQLite forbids
    to take a connection along (sqlite.org/howtocorrupt.html, section 2.6). With ``apart`` a new interpreter runs it, as
    for a user. ``told`` is the file that gets its standard error.
    """

    def __init__(self, words: Sequence[object], told: Path, *, apart: bool = False) -> None:
        self._told = told
        self._process = _FORK.Process(target=_run, args=([str(word) for word in words], told, apart))
        self._process.start()

    def ends_within(self, seconds: float) -> bool:
        """Wait until it ends, but only for so long; return whether it has ended."""
        self._process.join(seconds)
        return self._process.exitcode is not None

    def kill(self, *, parent_only: bool) -> None:
        """Kill it with its workers, or it alone."""
        if not parent_only and self._process.pid is not None:
            with suppress(ProcessLookupError):  # it leads no group yet
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        self._process.join()

    def fault(self) -> str:
        """Wait until it ends; return what is wrong with its end, or nothing."""
        self._process.join()
        return fault_in(self._process.exitcode or 0, self._told.read_text("utf-8"))


def warm(words: Sequence[str]) -> None:
    """Run the command in this process. What it imports and keeps need not be made anew in those that are forked."""
    application().main(list(words), prog_name=PROGRAM, standalone_mode=False)


def _run(words: list[str], told: Path, apart: bool) -> None:  # noqa: FBT001 - what a process gets
    """Run the command in this process, which is a new one."""
    os.setpgrp()
    nothing = os.open(os.devnull, os.O_RDWR)
    for number, held in enumerate((nothing, nothing, os.open(told, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))):
        os.dup2(held, number)
    if apart:
        os.execv(sys.executable, [sys.executable, "-m", "fivefifty", *words])  # noqa: S606 - no shell is needed
    sys.stdin, sys.stdout, sys.stderr = (os.fdopen(number, mode) for number, mode in enumerate("rww"))
    sys.argv[1:] = words
    main()
