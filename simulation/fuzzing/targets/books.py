"""Books of a run that somebody has changed, read by every command."""

from __future__ import annotations

import atexit
import shutil
import sqlite3
import sys
import tempfile
from contextlib import closing, redirect_stderr, redirect_stdout, suppress
from functools import cache
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from probe.cli import _run
from probe.ledger import FILE
from simulation.fuzzing.target import CORPORA, NAMED, Target

_COMMANDS: Final = (
    "books RUN", "books RUN --hashes", "books RUN --export", "check RUN", "check RUN --classifier code", "report RUN",
    "show RUN --recipient ann@list.example", "explain RUN --recipient ann@list.example",
    "compare RUN:code RUN:text", "compare RUN RUN", "suppression RUN", "baseline update RUN --baseline BESIDE",
    "run SCENARIO --transport memory --out RUN --resume",
)  # fmt: skip
_VALUES: Final[tuple[Any, ...]] = (
    None, "", "x", "\u202e\x9b2J", "[", "{}", '{"a": 1}', "[1]", '["news"]', "null", "1e999", "[" * 5000, "x" * 20_000,
    "done", "yes", "no", "acme", "news", "a@b@c", "127.0.0.1", "\0", 0, 1, -1, 2**31, 2**63 - 1, -(2**63), 0.5, 1e308,
    -1e308, float("inf"), b"", b"\xff\0", "delivered", "user-unknown", "rcpt", "failed", "report",
)  # fmt: skip
_ENDLESS: Final = "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT 1 FROM n) SELECT 1 FROM n"
_CHANGES: Final = (
    "DELETE FROM {table} WHERE rowid = {row}",
    "INSERT INTO {table} SELECT * FROM {table} WHERE rowid = {row}",
    "DELETE FROM {table}",
    "DROP TABLE {table}",
    "ALTER TABLE {table} RENAME COLUMN {column} TO other",
    "ALTER TABLE {table} DROP COLUMN {column}",
    f"DROP TABLE {{table}}; CREATE VIEW {{table}} AS {_ENDLESS}",
    "CREATE TRIGGER t AFTER INSERT ON {table} BEGIN DELETE FROM {table}; END",
    "PRAGMA user_version = {row}",
)  # fmt: skip


@cache
def _books() -> tuple[Path, Path]:
    """Make the books that are changed, once for this process. Return their folder and the scenario."""
    folder = Path(tempfile.mkdtemp(prefix="fivefifty-books-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    scenario = folder / "all.toml"
    for file in (*NAMED.iterdir(), CORPORA / "scenario" / scenario.name):
        shutil.copy(file, folder)
    code, told = _told(f"run {scenario} --transport memory --transcripts --out {folder / 'run'}".split())
    if code > 1:
        raise AssertionError(told)
    return folder / "run", scenario


def _told(words: list[str]) -> tuple[int, str]:
    """Run a command in this process; return its exit code and what it says of a failure."""
    out, told = TextIOWrapper(BytesIO(), "utf-8"), TextIOWrapper(BytesIO(), "utf-8")
    with patch.object(sys, "argv", ["fivefifty", *words]), redirect_stdout(out), redirect_stderr(told):
        code = _run()
        told.flush()
        return int(code), told.buffer.getvalue().decode()


def _change(file: Path, data: bytes) -> None:
    """Change books: five octets a change."""
    for place in range(0, len(data) - 4, 5):
        kind, table, column, row, value = data[place : place + 5]
        if kind >= 240:
            octets = bytearray(file.read_bytes())
            octets[(table << 16 | column << 8 | row) % len(octets)] = value
            file.write_bytes(octets)
            continue
        with closing(sqlite3.connect(file, timeout=0)) as database, suppress(sqlite3.Error):
            _change_rows(database, kind, (table, column, row), value)
            database.commit()


def _change_rows(database: sqlite3.Connection, kind: int, place: tuple[int, int, int], value: int) -> None:
    table, column, row = place
    tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    chosen = tables[table % len(tables)]
    columns = [name for _, name, *_ in database.execute(f"PRAGMA table_info({chosen})")]
    name = columns[column % len(columns)]
    (rows,) = database.execute(f"SELECT count(*) FROM {chosen}").fetchone()  # noqa: S608
    at = row % (rows + 1)
    if kind < 160:
        # Without this SQLite would refuse NULL.
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_master SET sql = replace(sql, ' NOT NULL', '')")
        database.commit()
        database.execute("PRAGMA writable_schema = RESET")
        where = "" if kind < 100 else " WHERE rowid = ?"
        wanted = (_VALUES[value % len(_VALUES)], *([at] if where else []))
        database.execute(f"UPDATE {chosen} SET {name} = ?{where}", wanted)  # noqa: S608
        database.execute("PRAGMA writable_schema = ON")
        _restore(database)
        return
    for statement in _CHANGES[kind % len(_CHANGES)].split("; "):
        database.execute(statement.format(table=chosen, column=name, row=at))


def _restore(database: sqlite3.Connection) -> None:
    with closing(sqlite3.connect(_books()[0] / FILE)) as original:
        for name, sql in original.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'"):
            database.execute("UPDATE sqlite_master SET sql = ? WHERE name = ?", (sql, name))


def _run_on_changed(data: bytes) -> None:
    """Run the command of the first octet on books changed by the others: it may refuse them in a sentence."""
    original, scenario = _books()
    with tempfile.TemporaryDirectory(prefix="fivefifty-books-") as place:
        folder = Path(place) / "run"
        shutil.copytree(original, folder)
        _change(folder / FILE, data[1:])
        command = _COMMANDS[data[0] % len(_COMMANDS)] if data else _COMMANDS[0]
        names = {"RUN": str(folder), "SCENARIO": str(scenario), "BESIDE": str(Path(place) / "baseline.toml")}
        words = [":".join(names.get(part, part) for part in word.split(":")) for word in command.split()]
        code, told = _told(words)
    assert "Traceback" not in told, f"{command}: {told[-1500:]}"
    assert code in {0, 1, 2, 3}, (command, code, told)


TARGETS: Final = (Target("books", _run_on_changed, batch=20, longest=40),)
