"""A file of the user's that holds a table or a few: what later calls of a command go on from."""

from __future__ import annotations

import os
from pathlib import Path

from probe.input_error import InputError
from probe.ledger.database import Database
from probe.user_files import writing


def table_file(path: Path, *tables: str, kind: str, option: str) -> Database:
    """Open a file of some tables, or make it and its folder; raises InputError if it is anything else.

    Each of ``tables`` is a name and its columns, as SQL has them; a file that has others is of another version.
    ``kind`` is what the file is called. The database of another program stays as it is.
    """
    remedy = f"name another file with {option}"
    with writing(path, remedy):
        path.parent.mkdir(0o700, parents=True, exist_ok=True)  # it holds what others answered us
        if path.exists() and not path.is_file():
            raise InputError(path, "is a folder, a device or a pipe", remedy)
    # Whoever names the file by a link waits for the same locks.
    database = Database(Path(os.path.realpath(path)), if_damaged=remedy)
    try:
        with database.change(remedy) as connection:
            found = connection.execute("SELECT sql FROM sqlite_schema WHERE type = 'table'").fetchall()
            if not found:
                for table in tables:
                    connection.execute(f"CREATE TABLE {table}")
    except BaseException:
        database.close()
        raise
    if found not in ([], [(f"CREATE TABLE {table}",) for table in tables]):
        database.close()
        raise InputError(path, f"is no {kind} of this version", remedy)
    return database
