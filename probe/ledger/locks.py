"""Locks on the folder of a run: one run at a time writes there."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from probe.input_error import InputError
from probe.user_files import open_here, writing

_LOCK: Final = ".lock"
"""Locked in two ways: by the run with flock(2), and by each of its workers with a record lock (fcntl(2))."""


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder for one run. Raises InputError if it cannot be written or another run has locked it."""
    with writing(folder, "choose another folder with --out"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = open_here(folder / _LOCK)
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            problem = "is in use by another run or serve"
            raise InputError(folder, problem, "wait for its end or choose another folder with --out") from None
        # Workers of a killed run end soon after it; until then they may still write.
        fcntl.lockf(lock, fcntl.LOCK_EX)
        fcntl.lockf(lock, fcntl.LOCK_UN)
        yield


@contextmanager
def worker_lock(folder: Path) -> Iterator[None]:
    """Make the next run in a folder wait until this worker process has ended."""
    with (folder / _LOCK).open("r") as lock:
        fcntl.lockf(lock, fcntl.LOCK_SH)
        yield
