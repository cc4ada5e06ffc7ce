"""A process pool. Its worker processes end with their parent, however the parent ends."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any, Final, TypeVar, cast

from probe.input_error import InputError

Task = TypeVar("Task")
Done = TypeVar("Done")
Item = TypeVar("Item")

MOST_KILLED: Final = 3
"""So many killed workers are replaced; the next one ends the run."""
_REMEDY: Final = "look whether the machine is short of memory, then repeat the command (run with --resume)"


class WorkerEndedError(RuntimeError):
    """A worker process ended before its task was done: by itself with an exit code, or by a signal."""

    def __init__(self, exit_code: int) -> None:
        super().__init__(f"a worker process ended with exit code {exit_code}")
        self.was_killed = exit_code < 0


def as_completed(
    work: Callable[[Task], Done], tasks: Sequence[Task], workers: int, recover: Callable[[Task], Task] | None = None
) -> Generator[tuple[int, Done]]:
    """Yield the number and the result of each task, in the order in which they are completed.

    Each worker process takes a task as soon as it has completed one. With one worker the tasks run in this process.
    Raises what ``work`` raised, and WorkerEndedError. If there is ``recover``, a task whose process was killed is run
    again as ``recover`` returns it, up to MOST_KILLED times in all; then InputError is raised. An interrupt, an error,
    and closing the generator end all workers.
    """
    if workers == 1:
        yield from ((number, work(task)) for number, task in enumerate(tasks))
        return
    with closing(_messages(_work_on_tasks, work, tasks, workers, recover)) as messages:
        for number, message in messages:
            if message is not None:
                yield number, message[0]


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


def stream(
    work: Callable[[Task, Callable[[Item], None]], None],
    tasks: Sequence[Task],
    workers: int,
    recover: Callable[[Task], Task] | None = None,
) -> Generator[Item]:
    """Run tasks in worker processes, and yield every item that ``work`` sends while it runs; like ``as_completed``."""
    with closing(_messages(_stream_tasks, work, tasks, workers, recover)) as messages:
        for _, message in messages:
            if message is not None:
                yield message[0]


def _messages(
    target: Callable[..., None],
    work: Callable[..., Any],
    tasks: Sequence[Task],
    workers: int,
    recover: Callable[[Task], Task] | None,
) -> Generator[tuple[int, tuple[Any] | None]]:
    """Yield what workers send, with the number of the task: a tuple with an item, or None at the end of a task."""
    waiting = deque(enumerate(tasks))
    running: dict[Connection, tuple[int, Task]] = {}
    killed = 0
    with _pool(target, work) as pool:

        def give_next_to(connection: Connection) -> None:
            if waiting:
                running[connection] = waiting.popleft()
                with suppress(OSError):  # the process may be gone, which is noticed when it should answer
                    connection.send(running[connection][1])

        for _ in range(min(workers, len(tasks))):
            give_next_to(pool.start())
        while running:
            for ready in cast("list[Connection]", wait(list(running))):
                number, task = running[ready]
                try:
                    message = pool.receive(ready)
                except WorkerEndedError as error:
                    killed += 1
                    if recover is None or not error.was_killed:
                        raise
                    if killed > MOST_KILLED:
                        problem = f"have been killed {killed} times; the last time {error}"
                        raise InputError("worker processes", problem, _REMEDY) from None
                    del running[ready]
                    waiting.appendleft((number, recover(task)))
                    give_next_to(pool.start())
                    continue
                if message is None:
                    del running[ready]
                    give_next_to(ready)
                yield number, message


class _Pool:
    """Worker processes, each with the connection to it."""

    def __init__(self, target: Callable[..., None], work: Callable[..., Any]) -> None:
        self._target = target
        self._work = work
        self._context = multiprocessing.get_context("spawn")
        self._processes: dict[Connection, SpawnProcess] = {}

    def start(self) -> Connection:
        """Start a process."""
        mine, theirs = self._context.Pipe()
        with _interrupts_ignored():  # the process inherits this: only the parent reacts to Ctrl-C
            process = self._context.Process(target=self._target, args=(self._work, theirs), daemon=True)
            try:
                process.start()
            except OSError as error:
                raise InputError("worker processes", f"cannot be started ({error.strerror})", _REMEDY) from None
        theirs.close()
        self._processes[mine] = process
        return mine

    def receive(self, connection: Connection) -> tuple[Any] | None:
        """Return a worker's message. Raises the exception that it sent, and WorkerEndedError if its process ended."""
        try:
            message = connection.recv()
        except (EOFError, ConnectionResetError):
            process = self._processes[connection]
            process.join()
            raise WorkerEndedError(process.exitcode or 0) from None
        if isinstance(message, Exception):
            raise message
        return cast("tuple[Any] | None", message)

    def end(self) -> None:
        """End all processes."""
        for connection, process in self._processes.items():
            process.terminate()
            process.join()
            connection.close()


@contextmanager
def _pool(target: Callable[..., None], work: Callable[..., Any]) -> Iterator[_Pool]:
    pool = _Pool(target, work)
    try:
        yield pool
    finally:
        pool.end()


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
    """Run tasks in a worker process, one after another, and send the result of each."""
    _stream_tasks(lambda task, send: send(work(task)), parent)


def _stream_tasks(work: Callable[[Any, Callable[[Any], None]], None], parent: Connection) -> None:
    """Run tasks in a worker process, one after another, until the parent closes the connection.

    Items are sent as tuples, so that None can mark the end of a task.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            task = parent.recv()
        except EOFError:
            return
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
