"""Stands between a run and the machine, and lets calls fail: of the database, files, processes, connections, datagrams.

The event loop is asyncio's own, because the sockets of uvloop are out of reach.
"""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import resource
import socket
import sqlite3
import termios
from asyncio import selector_events
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from pathlib import Path
from types import TracebackType
from typing import Any, Final
from unittest.mock import patch

from probe import ledger
from probe.lab import event_loop
from probe.sender.transport import tcp
from simulation.faults.calls import Calls

BATCH: Final = 20
"""Rows that are committed together: few, so that there are many commits."""
_READS: Final = "SELECT"


def _os_error(number: int) -> OSError:
    return OSError(number, os.strerror(number))


def _database_error(code: int, words: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError(words)
    error.sqlite_errorcode = code
    return error


def _connection_of(calls: Calls) -> type[sqlite3.Connection]:
    class Connection(sqlite3.Connection):
        """A connection with a database whose statements can fail."""

        def execute(self, query: str, *given: Any) -> sqlite3.Cursor:
            if calls.fails("read" if query.startswith(_READS) else "write"):
                raise _database_error(sqlite3.SQLITE_IOERR, "disk I/O error")
            return super().execute(query, *given)

        def executemany(self, query: str, *given: Any) -> sqlite3.Cursor:
            if calls.fails("write"):
                raise _database_error(sqlite3.SQLITE_IOERR, "disk I/O error")
            return super().executemany(query, *given)

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> Any:
            if kind is None and calls.fails("commit"):
                full = _database_error(sqlite3.SQLITE_FULL, "database or disk is full")
                super().__exit__(type(full), full, None)
                raise full
            if kind is None and calls.fails("room"):
                with _no_room():
                    return super().__exit__(kind, error, trace)
            return super().__exit__(kind, error, trace)

    return Connection


@contextmanager
def _no_room() -> Iterator[None]:
    """Let no file of this process grow beyond a few thousand octets."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class _Socket:
    """A socket whose calls can fail; all others are passed on."""

    def __init__(self, real: socket.socket, calls: Calls) -> None:
        self._real = real
        self._calls = calls

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def send(self, octets: bytes) -> int:
        """Send over a connection."""
        self._fail("send", errno.ECONNRESET)
        self._fail("send-again", errno.EAGAIN)
        return self._real.send(octets)

    def recv(self, most: int) -> bytes:
        """Receive over a connection. Linux hands over what has arrived before it tells of a reset."""
        if self._calls.fails("receive"):
            raise _os_error(errno.ENOMEM if self._has_unread() else errno.ECONNRESET)
        self._fail("receive-again", errno.EAGAIN)
        return self._real.recv(most)

    def _has_unread(self) -> bool:
        return fcntl.ioctl(self._real.fileno(), termios.FIONREAD, bytes(4)) != bytes(4)

    def _fail(self, kind: str, number: int) -> None:
        if self._calls.fails(kind):
            raise _os_error(number)


class _Datagrams(_Socket):
    """A socket of datagrams."""

    def send(self, octets: bytes) -> int:
        """Send a datagram to the other end."""
        self._fail("ask", errno.ENOBUFS)
        return self._real.send(octets)

    def sendto(self, octets: bytes, address: Any) -> int:
        """Send a datagram."""
        self._fail("ask", errno.ENOBUFS)
        return self._real.sendto(octets, address)

    def recvfrom(self, most: int) -> Any:
        """Receive a datagram."""
        self._fail("answer", errno.ECONNREFUSED)
        return self._real.recvfrom(most)


@contextmanager
def watched(calls: Calls, folder: Path) -> Iterator[None]:
    """Count the calls of runs that write into a folder, and let some fail."""
    with ExitStack() as stack:
        stack.enter_context(patch.object(ledger, "BATCH", BATCH))
        stack.enter_context(patch.object(event_loop, "NEW_LOOP", asyncio.new_event_loop))
        _watch_database(calls, stack)
        _watch_files(calls, folder, stack)
        _watch_sockets(calls, stack)
        _watch_processes(calls, stack)
        yield


def _watch_database(calls: Calls, stack: ExitStack) -> None:
    connect = sqlite3.connect
    kind = _connection_of(calls)

    def connected(*given: Any, **named: Any) -> sqlite3.Connection:
        if calls.fails("open"):
            raise _database_error(sqlite3.SQLITE_CANTOPEN, "unable to open database file")
        return connect(*given, **named, factory=kind)

    stack.enter_context(patch("probe.ledger.database.sqlite3.connect", connected))


def _watch_files(calls: Calls, folder: Path, stack: ExitStack) -> None:
    def failing(kind: str, number: int, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(path: Path, *given: Any, **named: Any) -> Any:
            reads = real is opened and (given or (named.get("mode", "r"),))[0] in {"r", "rb"}
            if folder in path.parents and not reads and calls.fails(kind):
                raise _os_error(number)
            return real(path, *given, **named)

        return call

    opened = Path.open
    for name, kind, number in (
        ("open", "file", errno.ENOSPC),
        ("mkdir", "file", errno.ENOSPC),
        ("unlink", "file", errno.EIO),
        ("replace", "rename", errno.EIO),
    ):
        stack.enter_context(patch.object(Path, name, failing(kind, number, getattr(Path, name))))


def _watch_sockets(calls: Calls, stack: ExitStack) -> None:
    def over(kind: type[_Socket], transport: Any) -> type:
        class Watched(transport):  # type: ignore[misc]  # a class of asyncio's
            """A transport over a socket whose calls can fail."""

            def __init__(self, loop: Any, sock: Any, *given: Any, **named: Any) -> None:
                super().__init__(loop, kind(sock, calls), *given, **named)

        return Watched

    for name, kind in (("_SelectorSocketTransport", _Socket), ("_SelectorDatagramTransport", _Datagrams)):
        stack.enter_context(patch.object(selector_events, name, over(kind, getattr(selector_events, name))))
    dial, made = tcp._connected_at_once, socket.socket  # noqa: SLF001 - where a connection begins

    def dialled(sock: socket.socket, address: tuple[str, int]) -> bool:
        if calls.fails("dial"):
            raise _os_error(errno.EADDRNOTAVAIL)
        return dial(sock, address)

    class Socket(made):  # type: ignore[misc,valid-type]  # the class of the standard library
        """A socket that may find no descriptor free."""

        def __init__(self, *given: Any, **named: Any) -> None:
            if named.get("fileno") is None and len(given) < 4 and calls.fails("socket"):
                raise _os_error(errno.EMFILE)
            super().__init__(*given, **named)

    stack.enter_context(patch.object(tcp, "_connected_at_once", dialled))
    stack.enter_context(patch("probe.sender.transport.tcp.socket.socket", Socket))


def _watch_processes(calls: Calls, stack: ExitStack) -> None:
    context = get_context("fork")

    class Process(ForkProcess):
        """A process that may not start. It is forked, so that it has the same machine."""

        def start(self) -> None:
            if calls.fails("start"):
                raise _os_error(errno.EAGAIN)
            super().start()

    class Context:
        """What a pool needs of a context of multiprocessing."""

        Pipe = staticmethod(context.Pipe)

    Context.Process = Process  # type: ignore[attr-defined]  # a class within a function
    stack.enter_context(patch("probe.lab.processes.multiprocessing.get_context", lambda _: Context()))
