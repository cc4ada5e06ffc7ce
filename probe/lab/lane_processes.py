"""Runs lanes in this process or in several."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import cast

from probe.lab import lane_runner as lane_job
from probe.lab.lane_runner import Job
from probe.lab.processes import end_with_parent, hear, workers_for
from probe.ledger import working
from probe.sender.progress import Steps, Tell


def run_jobs(jobs: Sequence[Job], tell: Tell) -> None:
    """Run jobs to their end, in this process if there is but one; ``tell`` hears of attempts as they are made.

    Raises what a job raised. An interrupt ends all workers.
    """
    if len(jobs) == 1:
        lane_job.run(jobs[0], tell)
        return
    with workers_for(_work, [(job,) for job in jobs]) as workers:
        _wait_for(workers, tell)


def _wait_for(workers: dict[Connection, SpawnProcess], tell: Tell) -> None:
    waiting = set(workers)
    while waiting:
        for ready in cast("list[Connection]", wait(list(waiting))):
            said = cast("Steps | None", hear(ready, workers[ready]))
            if said is None:
                waiting.discard(ready)
            else:
                tell(said)


def _work(job: Job, parent: Connection) -> None:
    """Be a worker with one job: tell how far it has come, and None as the last word."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    try:
        with working(job.ledger.parent):
            lane_job.run(job, parent.send)
        parent.send(None)
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent shall raise it
        parent.send(error)
