"""The history of placement: an SQLite file of what was seen in seed mailboxes, to which every call adds."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, Self

from probe.ledger.table_file import table_file
from probe.placement.placed import Placed, Where

_OPTION: Final = "--history"
_TABLE: Final = """\
placed (
    campaign TEXT NOT NULL, seed TEXT NOT NULL, provider TEXT NOT NULL, sent_at REAL NOT NULL, place TEXT,
    source TEXT NOT NULL, variant TEXT NOT NULL, took_s REAL, why TEXT NOT NULL, PRIMARY KEY (campaign, seed)
)"""


class History:
    """The file, open. To be entered as a context."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it and its folder; raises InputError if it is anything else."""
        self._database = table_file(path, _TABLE, kind="history of placement", option=_OPTION)

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._database.close()

    def add(self, placed: Iterable[Placed]) -> None:
        """Write what was seen. What was seen of the same message before is replaced, unless nobody could look now."""
        with self._database.change(f"name another file with {_OPTION}") as connection:
            for each in placed:
                how = "IGNORE" if each.where is None else "REPLACE"
                marks = ", ".join("?" * len(Placed._fields))
                connection.execute(f"INSERT OR {how} INTO placed VALUES ({marks})", each)  # noqa: S608 - question marks

    def placed(self) -> list[Placed]:
        """Return all that was seen."""
        return list(self._database.read(_row, "SELECT * FROM placed ORDER BY sent_at, campaign, seed"))


def _row(row: tuple[Any, ...]) -> Placed:
    found = Placed._make(row)
    return found._replace(where=None if found.where is None else Where(found.where))
