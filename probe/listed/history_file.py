"""The history file of ``listed --watch``: every change, the time of the last look, how many questions were asked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Self

from probe.input_error import InputError
from probe.ledger.table_file import table_file
from probe.listed.answer import State
from probe.listed.changes import Change, Place

_REMEDY: Final = "name another file with --history"
_DAY_S: Final = 86_400.0
_CHANGE: Final = """\
change (at REAL NOT NULL, subject TEXT NOT NULL, zone TEXT NOT NULL, state TEXT NOT NULL, told TEXT NOT NULL)"""
_LOOK: Final = "look (at REAL NOT NULL, resolver TEXT NOT NULL, queries INTEGER NOT NULL)"


class HistoryFile:
    """The file, open. To be entered as a context."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it and its folder; raises InputError if it is anything else."""
        self._database = table_file(path, _CHANGE, _LOOK, kind="history of fivefifty listed", option="--history")
        self.path = path

    def __enter__(self) -> Self:
        """Return the open file."""
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
