"""A process pool. Its worker processes end with their parent, however the parent ends."""

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
Item = TypeVar("Item")


def as_completed(work: Callable[[Task], Done], tasks: Sequence[Task], workers: int) -> Generator[tuple[int, Done]]:
    """Yield the number and the result of each task, in the order in which they are completed.

    Each worker process takes a task as soon as it has completed one. With one worker the tasks run in this process.
    Raises what ``work`` raised. An interrupt, an error, and closing the generator end all workers.
    """
    if workers == 1:
        yield from ((number, work(task)) for number, task in enumerate(tasks))
        return
    waiting = iter(enumerate(tasks))
    running: dict[Connection, int] = {}
    with _started(_work_on_tasks, [(work,)] * workers) as processes:
        for connection in processes:
            _send_next(connection, waiting, running)
        while running:
            for ready in cast("list[Connection]", wait(list(running))):
                result = _receive(ready, processes[ready])
                number = running.pop(ready)
                _send_next(ready, waiting, running)
                yield number, result


def in_order(work: Callable[[Task], Done], tasks: Sequence[Task], workers: int) -> Generator[Done]:
    """Yield the result of each task in the order of the tasks; otherwise like ``as_completed``."""
    early: dict[int, Done] = {}
    expected = 0
    with closing(as_completed(work, tasks, min(workers, len(tasks)))) as results:
        for number, result in results:
            early[number] = result
            while expected in early:
                yield early.pop(expected)
                expected += 1


def stream(work: Callable[[Task, Callable[[Item], None]], None], tasks: Sequence[Task]) -> Generator[Item]:
    """Run each task in a process of its own, and yield every item that ``work`` sends while it runs.

    Raises what ``work`` raised. An interrupt, an error, and closing the generator end all workers.
    """
    with _started(_stream_task, [(work, task) for task in tasks]) as processes:
        running = set(processes)
        while running:
            for ready in cast("list[Connection]", wait(list(running))):
                message: tuple[Item] | None = _receive(ready, processes[ready])
                if message is None:
                    running.discard(ready)
                else:
                    yield message[0]


def _send_next(connection: Connection, waiting: Iterator[tuple[int, Any]], running: dict[Connection, int]) -> None:
    """Send the next task to a worker, if there is one."""
    for number, task in waiting:
        running[connection] = number
        connection.send(task)
        return


@contextmanager
def _started(
    target: Callable[..., None], arguments: Sequence[tuple[Any, ...]]
) -> Iterator[dict[Connection, SpawnProcess]]:
    """Start a process for each set of arguments; end them all on exit."""
    context = multiprocessing.get_context("spawn")
    processes: dict[Connection, SpawnProcess] = {}
    try:
        with _interrupts_ignored():  # processes inherit this: only the parent reacts to Ctrl-C
            for each in arguments:
                mine, theirs = context.Pipe()
                process = context.Process(target=target, args=(*each, theirs), daemon=True)
                process.start()
                theirs.close()
                processes[mine] = process
        yield processes
    finally:
        for connection, process in processes.items():
            process.terminate()
            process.join()
            connection.close()


def _receive(connection: Connection, process: SpawnProcess) -> Any:
    """Return a worker's message. Raises the exception that it sent, and RuntimeError if its process ended."""
    try:
        message = connection.recv()
    except EOFError:
        process.join()
        msg = f"a worker process ended with exit code {process.exitcode}"
        raise RuntimeError(msg) from None
    if isinstance(message, Exception):
        raise message
    return message


@contextmanager
def _interrupts_ignored() -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield  # signals reach the main thread only, so there is nothing to ignore
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _work_on_tasks(work: Callable[[Any], Any], parent: Connection) -> None:
    """Run tasks in a worker process, one after another, until the parent closes the connection."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = parent.recv()
        except EOFError:
            return
        try:
            parent.send(work(task))
        except Exception as error:  # noqa: BLE001 - the parent raises it, whatever it is
            parent.send(error)


def _stream_task(work: Callable[[Any, Callable[[Any], None]], None], task: Any, parent: Connection) -> None:
    """Run one task in a worker process. Items are sent as tuples, so that None can mark the end."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        work(task, lambda item: parent.send((item,)))
        parent.send(None)
    except Exception as error:  # noqa: BLE001 - the parent raises it, whatever it is
        parent.send(error)


def _end_with_parent() -> None:
    """Wait until the parent process is gone, then exit: without a parent the result has no use."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)
