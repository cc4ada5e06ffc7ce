"""Runs jobs side by side in processes, which end with their parent however it ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, TypeVar, cast

Task = TypeVar("Task")
Done = TypeVar("Done")


def share(work: Callable[[Task], Done], tasks: Sequence[Task], workers: int) -> Generator[tuple[int, Done]]:
    """Yield the number of each task and what ``work`` makes of it, as they are done, whichever comes first.

    Each of so many processes takes a task as soon as it has done one; if there is but one, this process does them all.
    Raises what ``work`` raised. An interrupt, an error and a caller that closes this end all workers.
    """
    if workers == 1:
        yield from ((number, work(task)) for number, task in enumerate(tasks))
        return
    left = iter(enumerate(tasks))
    in_hand: dict[Connection, int] = {}
    with workers_for(_take_tasks, [(work,)] * workers) as hands:
        for connection in hands:
            _hand_on(connection, left, in_hand)
        while in_hand:
            for ready in cast("list[Connection]", wait(list(in_hand))):
                made = hear(ready, hands[ready])
                number = in_hand.pop(ready)
                _hand_on(ready, left, in_hand)
                yield number, made


def in_order(work: Callable[[Task], Done], tasks: Sequence[Task], workers: int) -> Generator[Done]:
    """Yield what ``work`` makes of each task in the order of the tasks, whichever is done first; as ``share`` else."""
    early: dict[int, Done] = {}
    awaited = 0
    with closing(share(work, tasks, min(workers, len(tasks)))) as done:
        for number, made in done:
            early[number] = made
            while awaited in early:
                yield early.pop(awaited)
                awaited += 1


def _hand_on(connection: Connection, left: Iterator[tuple[int, Any]], in_hand: dict[Connection, int]) -> None:
    """Give a worker the next task, if there is one."""
    for number, task in left:
        in_hand[connection] = number
        connection.send(task)
        return


@contextmanager
def workers_for(
    target: Callable[..., None], given: Sequence[tuple[Any, ...]]
) -> Iterator[dict[Connection, SpawnProcess]]:
    """Start a worker for each set of arguments, and end them all whatever happens."""
    context = multiprocessing.get_context("spawn")
    workers: dict[Connection, SpawnProcess] = {}
    try:
        with _interrupts_ignored():  # workers inherit it: Ctrl-C is for the parent to hear
            for arguments in given:
                mine, theirs = context.Pipe()
                worker = context.Process(target=target, args=(*arguments, theirs), daemon=True)
                worker.start()
                theirs.close()
                workers[mine] = worker
        yield workers
    finally:
        for connection, worker in workers.items():
            worker.terminate()
            worker.join()
            connection.close()


def hear(connection: Connection, worker: SpawnProcess) -> Any:
    """Take a worker's word; raises what it failed with."""
    try:
        said = connection.recv()
    except EOFError:
        worker.join()
        msg = f"a worker process ended with exit code {worker.exitcode}"
        raise RuntimeError(msg) from None
    if isinstance(said, Exception):
        raise said
    return said


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


def _take_tasks(work: Callable[[Any], Any], parent: Connection) -> None:
    """Be a worker that does one task after another."""
    threading.Thread(target=end_with_parent, daemon=True).start()
    while True:
        try:
            task = parent.recv()
        except EOFError:
            return
        try:
            parent.send(work(task))
        except Exception as error:  # noqa: BLE001 - whatever it is, the parent shall raise it
            parent.send(error)


def end_with_parent() -> None:
    """Wait until the parent is gone, killed perhaps, and go as well: nobody would judge what came of it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
