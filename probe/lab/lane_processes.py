"""Runs lanes in this process or in several."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing

from probe.lab.lane_job import LaneJob
from probe.lab.lane_runner import WorkerJob, run_lanes
from probe.lab.processes import stream
from probe.ledger import Ledger
from probe.ledger.locks import worker_lock
from probe.sender.progress import OnSteps, Steps


def run_jobs(jobs: Sequence[WorkerJob], workers: int, on_steps: OnSteps) -> None:
    """Run jobs to their end, in so many processes; with one they run in this process.

    ``on_steps`` gets the progress. If a worker is killed, its unfinished lanes are run again. Raises what a job raised,
    and InputError if workers are killed again and again. An interrupt ends all workers.
    """
    if workers == 1:
        for job in jobs:
            run_lanes(job, on_steps)
        return
    with closing(stream(_run_in_worker, jobs, workers, _unfinished)) as progress:
        for steps in progress:
            on_steps(steps)


def _run_in_worker(job: WorkerJob, send: Callable[[Steps], None]) -> None:
    with worker_lock(job.ledger.parent):
        run_lanes(job, send)


def _unfinished(job: WorkerJob) -> WorkerJob:
    """Return what a killed worker left to do; the rows of the lanes that it had begun are deleted."""
    with Ledger(job.ledger) as ledger:
        lanes = unfinished_of(ledger, job.lanes)
        delete_rows(ledger, lanes)
    return dataclasses.replace(job, lanes=lanes)


def unfinished_of(ledger: Ledger, lanes: Iterable[LaneJob]) -> list[LaneJob]:
    """Return those of the lanes that have not ended."""
    finished = ledger.finished_lanes()
    return [lane for lane in lanes if lane.name not in finished]


def delete_rows(ledger: Ledger, lanes: Sequence[LaneJob]) -> None:
    """Delete the rows of lanes that begin again, and of their gateways."""
    gateways = (company.name for lane in lanes for company in lane.population.companies)
    ledger.delete_unfinished((lane.name for lane in lanes), gateways)
