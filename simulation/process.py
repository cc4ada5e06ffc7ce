"""The process that tries cases, and how its parent watches over it."""

from __future__ import annotations

import faulthandler
import os
import shutil
import sys
import tempfile
import time
import traceback
from asyncio import CancelledError
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final, NamedTuple

from simulation.activity import Activity, end_session
from simulation.part import CaseError, Failure, Part, Tried

MOST_CPU_S: Final = 120.0
"""A case whose processes take more CPU time than this hangs. On a busy machine it may take any time."""
MOST_ASLEEP: Final = 120
"""A case hangs if its processes sleep at so many looks in a row, a second apart, and have hardly run in between."""
_HARDLY_S: Final = 0.02
_CONTEXT: Final = get_context("forkserver")


class Work(NamedTuple):
    """The cases of one process: of a part's cases, beginning with one, every n-th.

    ``until`` is a time of ``time.monotonic``, which all processes of a machine share.
    """

    part: Part
    seed: str
    first: int
    every: int
    until: float

    def cases(self, skip: int) -> Iterator[str]:
        """Yield the cases of this process after the first ``skip``."""
        return islice(self.part.cases(self.seed), self.first + skip * self.every, None, self.every)


class Worker:
    """A process that tries cases, and tells its parent when it begins and ends each. It leads a session."""

    def __init__(self, work: Work, skip: int = 0) -> None:
        self.work = work
        self.done = skip
        self.case = ""
        self.pipe, theirs = _CONTEXT.Pipe(duplex=False)
        self._process = _CONTEXT.Process(target=_try_all, args=(work, skip, theirs))
        self._process.start()
        self._begin()
        theirs.close()

    def _begin(self) -> None:
        self._cpu_before: float | None = None
        self._cpu = 0.0
        self._asleep = 0

    @property
    def session(self) -> int | None:
        """The id of its session."""
        return self._process.pid

    def hangs(self, now: Activity | None) -> str:
        """Return why its case hangs, or nothing; ``now`` is what its session does, at each look."""
        if now is None:
            return ""
        if self._cpu_before is None:
            self._cpu_before = self._cpu = now.cpu_s
        has_hardly_run = now.sleeps and now.cpu_s - self._cpu <= _HARDLY_S
        self._asleep = self._asleep + 1 if has_hardly_run else 0
        self._cpu = now.cpu_s
        if now.cpu_s - self._cpu_before > MOST_CPU_S:
            return f"takes more than {MOST_CPU_S:g} s of CPU time"
        return f"sleeps for {MOST_ASLEEP} s" if self._asleep >= MOST_ASLEEP else ""

    def receive(self) -> Tried | None:
        """Return what a case counted, or None if one begins; raises EOFError if the process has ended."""
        message: str | Tried = self.pipe.recv()
        self._begin()
        if isinstance(message, str):
            self.case = message
            return None
        self.done += 1
        self.case = ""
        return message

    def end(self) -> int | None:
        """End the process and whatever it started; return its exit code."""
        if self._process.pid is not None and self._process.is_alive():
            end_session(self._process.pid)  # it leads none before it begins its work
            self._process.kill()
        self._process.join()
        self.pipe.close()
        return self._process.exitcode

    def successor(self) -> Worker:
        """Return a process that tries the cases after the one that ended this process."""
        return Worker(self.work, self.done + 1)

    def died(self, what: str) -> Tried:
        """Return the failure of the case during which the process ended, without a case if that was between two."""
        tried = Tried(Counter(cases=1) if self.case else Counter())
        tried.failures.append(Failure(self.work.part.name, self.case, what))
        return tried


def attempt(part: Part, case: str) -> Tried:
    """Try one case in a folder of its own. Raises CaseError if there is no such case."""
    tried = Tried(Counter(cases=1))
    folder = Path(tempfile.mkdtemp(prefix="fivefifty-simulation-"))
    try:
        part.attempt(case, tried, folder)
    except CaseError:
        raise
    except (Exception, CancelledError) as error:  # noqa: BLE001 - whatever it is, it is a failure
        what = f"{type(error).__name__}: {error}"
        tried.failures.append(Failure(part.name, case, what, traceback.format_exc()))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return tried


def _try_all(work: Work, skip: int, parent: Connection) -> None:
    os.setsid()
    faulthandler.enable()
    # What a case prints is of no interest; what the interpreter prints when it dies is.
    sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the process ends
    for case in work.cases(skip):
        if time.monotonic() > work.until:
            break
        parent.send(case)
        parent.send(attempt(work.part, case))
