"""The history file of ``listed --watch``: every change, the time of the last look, how many questions were asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from probe.input_error import InputError
from probe.ledger.database import Database
from probe.listed.answer import State
from probe.listed.changes import Change, Place
from probe.user_files import writing

_VERSION: Final = 20_001
_REMEDY: Final = "name another file with --history"
_DAY_S: Final = 86_400.0
_CHANGE: Final = """
CREATE TABLE IF NOT EXISTS change
(at REAL NOT NULL, subject TEXT NOT NULL, zone TEXT NOT NULL, state TEXT NOT NULL, told TEXT NOT NULL)
"""
_LOOK: Final = "CREATE TABLE IF NOT EXISTS look (at REAL NOT NULL, resolver TEXT NOT NULL, queries INTEGER NOT NULL)"


class HistoryFile:
    """The file, open. To be entered as a context."""

    def __init__(self, path: Path) -> None:
        """Make the file and its folder if they are missing; raises InputError."""
        with writing(path, _REMEDY):
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
        self.path = path
        self._database = Database(path, if_damaged=_REMEDY)

    def __enter__(self) -> Self:
        """Set up the tables; raises InputError if the file is of another kind."""
        with self._database.change(_REMEDY) as connection:
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            if version != _VERSION and tables:
                raise InputError(self.path, "is no history of fivefifty listed", _REMEDY)
            for each in (_CHANGE, _LOOK):
                connection.execute(each)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._database.close()

    def changes(self) -> list[Change]:
        """Return every change, in the order of time."""
        query = "SELECT at, subject, zone, state, told FROM change ORDER BY at, rowid"
        try:
            return list(self._database.read(_change, query))
        except (TypeError, ValueError):
            raise InputError(self.path, "has a row that was changed", _REMEDY) from None

    def last_look(self) -> float | None:
        """Return the time of the last look, in seconds since the epoch; None if there was none."""
        (found,) = self._database.read(tuple, "SELECT max(at) FROM look")
        return None if found[0] is None else float(found[0])

    def queries(self, resolver: str, now: float) -> int:
        """Return how many questions a resolver was asked within the last day."""
        query = "SELECT ifnull(sum(queries), 0) FROM look WHERE resolver = ? AND at > ?"
        (found,) = self._database.read(tuple, query, resolver, now - _DAY_S)
        return int(found[0])

    def add(self, at: float, resolver: str, queries: int, changed: Sequence[Change]) -> None:
        """Write down a look and what changed."""
        rows = [(each.at, *each.place, each.state.value, each.told) for each in changed]
        with self._database.change(_REMEDY) as connection:
            connection.execute("INSERT INTO look VALUES (?, ?, ?)", (at, resolver, queries))
            connection.executemany("INSERT INTO change VALUES (?, ?, ?, ?, ?)", rows)


def _change(row: tuple[Any, ...]) -> Change:
    at, subject, zone, state, told = row
    return Change(float(at), Place(subject, zone), State(state), str(told))
