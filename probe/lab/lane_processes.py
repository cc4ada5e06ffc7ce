"""Runs lanes in this process or in several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing

from probe.lab.lane_runner import WorkerJob, run_lanes
from probe.lab.processes import stream
from probe.ledger import worker_lock
from probe.sender.progress import OnSteps, Steps


def run_jobs(jobs: Sequence[WorkerJob], on_steps: OnSteps) -> None:
    """Run jobs to their end, each in a process of its own; a single job runs in this process.

    ``on_steps`` gets the progress. Raises what a job raised. An interrupt ends all workers.
    """
    if len(jobs) == 1:
        run_lanes(jobs[0], on_steps)
        return
    with closing(stream(_run_in_worker, jobs)) as progress:
        for steps in progress:
            on_steps(steps)


def _run_in_worker(job: WorkerJob, send: Callable[[Steps], None]) -> None:
    with worker_lock(job.ledger.parent):
        run_lanes(job, send)
