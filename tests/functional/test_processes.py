"""The process pool: every task runs once, and whatever fails in a worker is raised in the parent."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from probe.lab import processes


@pytest.mark.parametrize("workers", [1, 2, 3])
def test_every_task_is_done_once_and_known_by_its_number(workers: int) -> None:
    done = list(processes.as_completed(abs, [-5, 6, -7, 8], workers))
    assert sorted(done) == [(0, 5), (1, 6), (2, 7), (3, 8)]
    assert multiprocessing.active_children() == []


@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_task_raises_is_raised_here_and_ends_the_others(workers: int) -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        list(processes.as_completed(int, ["1", "two", "3"], workers))
    assert multiprocessing.active_children() == []


def test_a_worker_that_dies_is_no_wait_without_end() -> None:
    with pytest.raises(RuntimeError, match="a worker process ended with exit code 9"):
        list(processes.as_completed(os._exit, [9, 9], 2))


def test_whoever_has_heard_enough_ends_the_workers() -> None:
    done = processes.as_completed(abs, list(range(1000)), 2)
    next(done)
    done.close()
    assert multiprocessing.active_children() == []
