"""Runs jobs side by side in processes, which end with their parent however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final, cast

from probe import lane_job
from probe.lane_job import Job

LOOK_EVERY_S: Final = 0.2
REPORT_EVERY: Final = 100
"""Recipients between two reports of a worker: often enough for a progress bar, seldom enough for the lock."""


def run(jobs: Sequence[Job], done: Callable[[int], None]) -> None:
    """Run jobs to their end, in this process if there is but one; ``done`` hears how many recipients are finished.

    Raises what a job raised. An interrupt ends all workers.
    """
    if len(jobs) == 1:
        lane_job.run(jobs[0], lambda: done(1))
        return
    context = multiprocessing.get_context("spawn")
    finished = context.Value("q", 0)
    workers: dict[Connection, SpawnProcess] = {}
    try:
        with _interrupts_ignored():  # workers inherit it: Ctrl-C is for the parent to hear
            for job in jobs:
                mine, theirs = context.Pipe()
                worker = context.Process(target=_work, args=(job, finished, theirs), daemon=True)
                worker.start()
                theirs.close()
                workers[mine] = worker
        _wait_for(workers, finished, done)
    finally:
        for connection, worker in workers.items():
            worker.terminate()
            worker.join()
            connection.close()


def _wait_for(workers: dict[Connection, SpawnProcess], finished: Any, done: Callable[[int], None]) -> None:
    waiting = set(workers)
    shown = 0
    while waiting:
        for ready in cast("list[Connection]", wait(list(waiting), LOOK_EVERY_S)):
            waiting.discard(ready)
            _hear(ready, workers[ready])
        count = finished.value
        done(count - shown)
        shown = count


def _hear(connection: Connection, worker: SpawnProcess) -> None:
    """Take a worker's last word: None, or what it failed with."""
    try:
        error = connection.recv()
    except EOFError:
        worker.join()
        msg = f"a worker process ended with exit code {worker.exitcode}"
        raise RuntimeError(msg) from None
    if error is not None:
        raise error


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals, so there is nothing to ignore
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _work(job: Job, finished: Any, parent: Connection) -> None:
    """Be a worker."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    unreported = 0

    def report() -> None:
        nonlocal unreported
        with finished.get_lock():
            finished.value += unreported
        unreported = 0

    def done() -> None:
        nonlocal unreported
        unreported += 1
        if unreported >= REPORT_EVERY:
            report()

    try:
        lane_job.run(job, done)
        report()
        parent.send(None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shall raise it
        parent.send(error)


def _end_with_parent() -> None:
    """Wait until the parent is gone, killed perhaps, and go as well: nobody would judge what came of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
