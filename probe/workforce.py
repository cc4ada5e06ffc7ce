"""Runs jobs side by side in processes, which end with their parent however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import cast

from probe import lane_job
from probe.lane_job import Job
from probe.ledger import working
from probe.progress import Steps, Tell


def run(jobs: Sequence[Job], tell: Tell) -> None:
    """Run jobs to their end, in this process if there is but one; ``tell`` hears of attempts as they are made.

    Raises what a job raised. An interrupt ends all workers.
    """
    if len(jobs) == 1:
        lane_job.run(jobs[0], tell)
        return
    context = multiprocessing.get_context("spawn")
    workers: dict[Connection, SpawnProcess] = {}
    try:
        with _interrupts_ignored():  # workers inherit it: Ctrl-C is for the parent to hear
            for job in jobs:
                mine, theirs = context.Pipe()
                worker = context.Process(target=_work, args=(job, theirs), daemon=True)
                worker.start()
                theirs.close()
                workers[mine] = worker
        _wait_for(workers, tell)
    finally:
        for connection, worker in workers.items():
            worker.terminate()
            worker.join()
            connection.close()


def _wait_for(workers: dict[Connection, SpawnProcess], tell: Tell) -> None:
    waiting = set(workers)
    while waiting:
        for ready in cast("list[Connection]", wait(list(waiting))):
            said = _hear(ready, workers[ready])
            if said is None:
                waiting.discard(ready)
            else:
                tell(said)


def _hear(connection: Connection, worker: SpawnProcess) -> Steps | None:
    """Take a worker's word: how far it has come, or None as its last; raises what it failed with."""
    try:
        said = connection.recv()
    except EOFError:
        worker.join()
        msg = f"a worker process ended with exit code {worker.exitcode}"
        raise RuntimeError(msg) from None
    if isinstance(said, Exception):
        raise said
    return cast("Steps | None", said)


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


def _work(job: Job, parent: Connection) -> None:
    """Be a worker."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with working(job.ledger.parent):
            lane_job.run(job, parent.send)
        parent.send(None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shall raise it
        parent.send(error)


def _end_with_parent() -> None:
    """Wait until the parent is gone, killed perhaps, and go as well: nobody would judge what came of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
