"""Writes what experiments have shown into books that are finished."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from probe.ledger.database import Database
from probe.records.rows import Diagnosis

_INSERT: Final = f"INSERT INTO diagnosis VALUES ({', '.join('?' * len(Diagnosis._fields))})"  # noqa: S608 - question marks


def replace_diagnoses(path: Path, diagnoses: Iterable[Diagnosis]) -> None:
    """Write diagnoses into a ledger in place of all that there are; raises InputError if it cannot be written."""
    database = Database(path)
    try:
        with database.change("diagnose a copy that can be written") as connection:
            connection.execute("DELETE FROM diagnosis")
            connection.executemany(_INSERT, diagnoses)
    finally:
        database.close()
