"""The database file: one connection for reading and one for writing, errors as InputError."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

from fake_gateways.people.directory import MailboxState
from fake_gateways.people.readers import Reaction
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause, Fate
from probe.input_error import InputError
from probe.records.attempt import Failure, Outcome
from probe.records.returned import ReturnedKind

_WAIT_S: Final = 60.0
"""How long processes wait for each other's commits."""
PAGE: Final = 16_384
"""Octets of a page of new databases. With the default of 4,096, writing takes an eighth more processor time."""

# The declared type of a column of truth values, which SQLite keeps as 0 and 1.
sqlite3.register_converter("BOOLEAN", b"1".__eq__)
# Without an adapter sqlite3 first asks each value for one, which takes longer than writing it.
sqlite3.register_adapter(bool, int)
for _words in (Cause, Failure, Fate, MailboxState, Outcome, Reaction, ReturnedKind, Stage):
    sqlite3.register_adapter(_words, attrgetter("_value_"))


class Database:
    """A database that several processes may read and write. Connections are opened when they are needed.

    Streams have a connection of their own, because a transaction that begins while a stream is read sees no commits of
    other processes, and SQLite would refuse it.
    """

    def __init__(self, path: Path, *, if_damaged: str = "run the scenario again") -> None:
        """Set up no connection yet. ``if_damaged`` is the remedy for a file that cannot be read."""
        self.path = path
        self._if_damaged = if_damaged
        self._connections: dict[str, sqlite3.Connection] = {}

    def _connection(self, purpose: str) -> sqlite3.Connection:
        if purpose not in self._connections:
            opened = sqlite3.connect(
                self.path, timeout=_WAIT_S, detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None
            )
            self._connections[purpose] = opened
            # The operating system keeps what a killed process has committed. To wait for the disk at each checkpoint
            # would take half as long again.
            opened.execute("PRAGMA synchronous=OFF")
        return self._connections[purpose]

    def close(self) -> None:
        """Close all connections. They are opened again when they are needed."""
        while self._connections:
            self._connections.popitem()[1].close()

    def read(self, make: Callable[[Any], Any], query: str, *values: Any) -> Iterator[Any]:
        """Yield the rows of a query, each made by ``make``; raises InputError for a damaged file."""
        try:
            yield from map(make, self._connection("read").execute(query, values))
        except sqlite3.DatabaseError as error:
            raise InputError(self.path, f"cannot be read ({error})", self._if_damaged) from None

    @contextmanager
    def change(self, remedy: str = "make room, or choose another --out") -> Iterator[sqlite3.Connection]:
        """Begin a transaction, committed at the end. Raises InputError if it cannot be written: a full disk."""
        with self._told(remedy):
            connection = self._connection("write")
            with connection:
                connection.execute("BEGIN IMMEDIATE")
                yield connection

    def set_up(self, *pragmas: str, remedy: str = "make room, or choose another --out") -> None:
        """Close all connections and change the file itself, as whose only user; raises InputError if it cannot."""
        with self._told(remedy):
            self.close()
            for pragma in pragmas:
                self._connection("write").execute(f"PRAGMA {pragma}")

    def seal(self) -> None:
        """Close all connections and put the log into the file, unless another process has it open."""
        with self._told("make room, or choose another --out"):
            self.close()
            try:
                self._connection("write").execute("PRAGMA journal_mode=DELETE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise

    @contextmanager
    def _told(self, remedy: str) -> Iterator[None]:
        try:
            yield
        except sqlite3.DatabaseError as error:
            raise InputError(self.path, f"cannot be written ({error})", remedy) from None
