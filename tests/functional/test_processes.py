"""The process pool: every task runs once, and whatever fails in a worker is raised in the parent."""

from __future__ import annotations

import multiprocessing
import os

import pytest

from probe.input_error import InputError
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


KILLED = "import os; os.kill(os.getpid(), 9)"
"""A task whose process ends as if the machine were short of memory."""


def test_the_task_of_a_killed_worker_is_run_again_as_it_is_recovered() -> None:
    recovered: list[str] = []

    def recover(task: str) -> str:
        recovered.append(task)
        return "pass"

    done = processes.as_completed(exec, [KILLED, "pass", "pass"], 2, recover)
    assert sorted(done) == [(0, None), (1, None), (2, None)]
    assert recovered == [KILLED]
    assert multiprocessing.active_children() == []


def test_a_task_that_kills_every_worker_ends_with_a_sentence() -> None:
    with pytest.raises(InputError, match=r"worker processes: have been killed 4 times; .* exit code -9; look whether"):
        list(processes.as_completed(exec, [KILLED, "pass"], 2, lambda task: task))
    assert multiprocessing.active_children() == []


def test_a_worker_that_ends_by_itself_is_not_replaced() -> None:
    with pytest.raises(RuntimeError, match="a worker process ended with exit code 9"):
        list(processes.as_completed(os._exit, [9, 9], 2, lambda task: task))
