"""Lets worker processes be threads: the same messages over the same pipes, without the second that a process takes."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import Pipe
from typing import Any
from unittest.mock import patch

from probe.lab import processes


class _Thread:
    """A thread that a pool takes for a process. It ends when the pool closes its pipe."""

    exitcode = 0

    def __init__(self, target: Callable[..., None], args: tuple[Any, ...], *, daemon: bool) -> None:
        self._thread = threading.Thread(target=target, args=args, daemon=daemon)
        self._pipe = args[-1]

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """Do not wait here: the pool closes the pipe afterwards."""

    def terminate(self) -> None:
        """Do nothing: a thread has no signal."""


class _Context:
    """What a pool needs of a context of multiprocessing. The pool closes its copy of a worker's end: keep ours."""

    Process = _Thread

    def Pipe(self) -> tuple[Any, Any]:  # noqa: N802 - the name in multiprocessing
        mine, theirs = Pipe()
        return mine, _Kept(theirs)


class _Kept:
    """A worker's end of a pipe, which the parent closes for itself only, as after starting a process."""

    def __init__(self, connection: Any) -> None:
        self.recv = connection.recv
        self.send = connection.send
        self._connection = connection

    def close(self) -> None:
        """Keep it open: there is one copy for both."""


@contextmanager
def threads() -> Iterator[None]:
    """Start threads in place of worker processes."""
    with (
        patch("probe.lab.processes.multiprocessing.get_context", lambda _: _Context()),
        patch.object(processes, "_end_with_parent", lambda: None),
    ):
        yield
