"""The state file of ``diagnose``: every dialogue with a host, written before it begins and again when it has ended.

Budgets, the pace, blocks and earlier answers are all read from these rows. What a dialogue may spend is committed
before it begins, so that it counts even if the process is killed.
"""

from __future__ import annotations

import fcntl
import json
import os
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from fake_gateways.smtp.envelope import Stage
from fake_gateways.smtp.reply import EnhancedStatus, Reply
from probe.diagnose.diagnosis import Observed
from probe.diagnose.host.manners import DAY_S, Past, Spending
from probe.input_error import InputError
from probe.ledger.table_file import table_file
from probe.records.attempt import Failure
from probe.sender.transaction import Result
from probe.user_files import writing

_REMEDY: Final = "name another file with --state"
_TABLE: Final = """\
dialogue (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, host TEXT NOT NULL, network TEXT NOT NULL, provider TEXT NOT NULL,
    series TEXT NOT NULL, experiment TEXT NOT NULL, said TEXT NOT NULL, connections INTEGER NOT NULL,
    recipients INTEGER NOT NULL, messages INTEGER NOT NULL, guessed INTEGER NOT NULL, ended REAL, stage TEXT,
    code INTEGER, enhanced TEXT, text TEXT, failure TEXT, transcript TEXT, source TEXT, return_path TEXT,
    recipient TEXT, blocked_until REAL
)"""
_SPENT: Final = """
SELECT ifnull(sum(connections), 0), ifnull(sum(recipients), 0), ifnull(sum(messages), 0), ifnull(sum(guessed), 0)
FROM dialogue WHERE (host = ? OR network = ? OR provider = ?) AND at > ?
"""
_OFFSETS: Final = 2**31

Pause = Callable[[], Awaitable[None]]


class Begun(NamedTuple):
    """A dialogue that is about to begin.

    ``network`` and ``provider`` are what its pace is counted under. ``series`` names everything that must be the same
    for an answer to count in a later diagnosis. ``said`` is what was said of us, for the record.
    """

    at: float
    host: str
    network: str
    provider: str
    series: str
    experiment: str
    said: str
    spending: Spending


class StateFile:
    """The file, open. To be entered as a context."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it and its folder; raises InputError if it is anything else."""
        self._database = table_file(path, _TABLE, kind="state file", option="--state")
        self.path = self._database.path
        with self._database.change(_REMEDY) as connection:
            connection.execute("CREATE INDEX IF NOT EXISTS by_time ON dialogue (at)")

    def __enter__(self) -> Self:
        """Return the open file."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self._database.close()

    @asynccontextmanager
    async def turn(self, keys: Iterable[str], pause: Pause) -> AsyncIterator[None]:
        """Wait until no other process holds a dialogue under one of the keys. A killed process holds none.

        Each key is a record lock (fcntl(2)) on an octet of a file beside the state file.
        """
        path = self.path.with_name(f"{self.path.name}.lock")
        with writing(path, _REMEDY):
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            # Every process locks in the same order, so that no two wait for each other.
            for offset in sorted({zlib.crc32(key.encode()) % _OFFSETS for key in keys}):
                while not _locked(lock, offset):
                    await pause()
            yield
        finally:
            os.close(lock)

    def past(self, network: str, provider: str, now: float) -> list[Past]:
        """Return the dialogues of the last day with a provider, in the order of time."""
        query = "SELECT at, blocked_until FROM dialogue WHERE (network = ? OR provider = ?) AND at > ? ORDER BY at, id"
        return list(self._database.read(Past._make, query, network, provider, now - DAY_S))

    def begin(self, begun: Begun, most: Spending | None) -> tuple[int, str | None]:
        """Write down a dialogue and what it spends, if that is within the most of a day for its host.

        Every server of the same network or provider counts, under whatever name it was asked. Returns the number of the
        dialogue, and in place of it the name of what would be too much. It is committed on return.
        """
        with self._database.change(_REMEDY) as connection:
            values = (begun.host, begun.network, begun.provider, begun.at - DAY_S)
            spent = Spending(*connection.execute(_SPENT, values).fetchone())
            beyond = None if most is None else spent.plus(begun.spending).beyond(most)
            if beyond is not None:
                return 0, beyond
            written = (*begun[:7], *begun.spending)
            names = "at, host, network, provider, series, experiment, said, connections, recipients, messages, guessed"
            marks = ", ".join("?" * len(written))
            row = connection.execute(f"INSERT INTO dialogue ({names}) VALUES ({marks})", written)  # noqa: S608
            return row.lastrowid or 0, None

    def end(self, number: int, at: float, observed: Observed, blocked_until: float | None) -> None:
        """Write down what came of a dialogue."""
        result = observed.result
        reply = result.reply
        values = (
            at,
            result.stage.value,
            reply and reply.code,
            str(reply.enhanced) if reply and reply.enhanced else None,
            json.dumps(list(reply.lines)) if reply else result.text,
            result.failure and result.failure.value,
            observed.dialogue,
            observed.source,
            observed.return_path,
            observed.recipient,
            blocked_until,
        )
        names = (
            *("ended", "stage", "code", "enhanced", "text", "failure", "transcript"),
            *("source", "return_path", "recipient", "blocked_until"),
        )
        with self._database.change(_REMEDY) as connection:
            assigned = ", ".join(f"{name} = ?" for name in names)
            connection.execute(f"UPDATE dialogue SET {assigned} WHERE id = ?", (*values, number))  # noqa: S608

    def answers(self, series: str, now: float) -> list[tuple[str, Observed]]:
        """Return the names of a series' experiments of the last day, and what came of each, in the order of time."""
        query = (
            "SELECT experiment, at, stage, code, enhanced, text, failure, transcript, source, return_path, recipient "
            "FROM dialogue WHERE series = ? AND at > ? AND ended IS NOT NULL ORDER BY at, id"
        )
        try:
            return list(self._database.read(_answer, query, series, now - DAY_S))
        except (KeyError, TypeError, ValueError):
            raise InputError(self.path, "has a row that was changed", _REMEDY) from None

    def spent(self, host: str, network: str, provider: str, now: float) -> Spending:
        """Return what was spent within the last day on a host, or on any other of its network or provider."""
        (found,) = self._database.read(Spending._make, _SPENT, host, network, provider, now - DAY_S)
        return Spending(*found)


def _locked(descriptor: int, offset: int) -> bool:
    """Lock one octet of a file; return False if another process has locked it."""
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)
    except (BlockingIOError, PermissionError):
        return False
    return True


def _answer(row: tuple[Any, ...]) -> tuple[str, Observed]:
    experiment, at, stage, code, enhanced, text, failure, *held = row
    reply = None
    if code is not None:
        reply = Reply(code, tuple(json.loads(text)), EnhancedStatus.parse(enhanced) if enhanced else None)
        text = ""
    result = Result(Stage(stage), reply, None if failure is None else Failure(failure), text)
    return experiment, Observed(result, at, *held)
