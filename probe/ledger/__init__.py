"""The books of a run: an SQLite database that gateways and sender write, and the judge reads."""

from __future__ import annotations

import errno
import fcntl
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from fake_gateways.loopback import OutsideError
from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.input_error import InputError, ToldError
from probe.ledger.database import PAGE, Database
from probe.ledger.lane_books import LaneBooks
from probe.ledger.schema import CREATE, DROP, INDEX, TABLES
from probe.ledger.soundness import flaw_in, has_notes, has_our_tables
from probe.records.attempt import Attempt
from probe.records.parts import HASHED, PartHash, books_hash, part_lines
from probe.records.returned import Returned
from probe.records.rows import (
    DIAGNOSES,
    Classification,
    Diagnosis,
    Intent,
    KnownGateway,
    KnownLane,
    Mailbox,
    Note,
    OwnedRows,
    Planned,
    Probe,
    Transcript,
)
from probe.user_files import is_file, is_folder, open_here, writing

BATCH: Final = 1000
"""Rows of one table that are committed together with what there is of the others. A crash can lose as many."""
FILE: Final = "ledger.sqlite"
VERSION: Final = 4
"""The version of the tables, in the header of the file (``PRAGMA user_version``)."""
_JUDGING: Final = ".judging"
"""Locked by the one command that judges the books."""
_OF_LANES: Final = (Attempt, Returned, Transcript, Planned, Probe)
_OF_GATEWAYS: Final = (Truth, DeliveryReport, Engagement, Mailbox)
"""What an unfinished lane and its gateways have written."""
_KEYS_A_QUERY: Final = 10_000
"""Transcripts that one query asks for. Each takes two of the 32,766 parameters that SQLite allows."""
_JUDGE_A_COPY: Final = "judge a copy that can be written"
_INSERT: Final = {
    row_type: f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(row_type._fields))})"  # noqa: S608
    for row_type, table in TABLES.items()
}


def _blames_us(error: BaseException) -> bool:
    """Return whether an error would be called a fault of fivefifty, where changed books may be what caused it."""
    if isinstance(error, OSError):
        return error.errno == errno.EOVERFLOW  # as from a time that has no date
    return isinstance(error, Exception) and not isinstance(error, ToldError | OutsideError)


class Ledger:
    """An open database of books. Several processes may write to one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._database = Database(path)
        self._pending: dict[type[Any], list[Sequence[Any]]] = {}
        self._failure: BaseException | None = None

    @classmethod
    def create(cls, folder: Path) -> Ledger:
        """Create new books in a folder, and delete old ones and what was found about them; raises InputError."""
        path = folder / FILE
        # Created under another name, so that a process killed meanwhile leaves no incomplete ledger.
        unfinished = path.with_name(f".{FILE}")
        with writing(folder, "choose another folder with --out"):
            folder.mkdir(parents=True, exist_ok=True)
            old = (f"{each.name}{end}" for each in (path, unfinished) for end in ("", "-wal", "-shm"))
            for name in (*old, DIAGNOSES):
                (folder / name).unlink(missing_ok=True)
        begun = Database(unfinished)
        # With a write-ahead log readers see what is committed while others write. It is a property of the file.
        begun.set_up(f"page_size={PAGE}", "journal_mode=WAL", f"user_version={VERSION}")
        with begun.change() as connection:
            for table in CREATE:
                connection.execute(table)
        begun.close()
        with writing(folder, "choose another folder with --out"):
            unfinished.replace(path)
        return cls(path)

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """Open the books of a run, named by folder or file; raises InputError if there are none."""
        path = folder / FILE if is_folder(folder) else folder
        if not is_file(path):
            raise InputError(folder, f"holds no {FILE}", "name the folder of a run, such as runs/control")
        ledger = cls(path)
        try:
            version = next(ledger._database.read(itemgetter(0), "PRAGMA user_version"))
            is_ours = has_our_tables(ledger._database) if version == VERSION else has_notes(ledger._database)
        except InputError:
            is_ours = False
        if is_ours and version == VERSION:
            return ledger
        ledger._database.close()
        if not is_ours:
            raise InputError(path, "is not a ledger", "name the folder of a run, such as runs/control")
        problem = "was written by another version of fivefifty, whose books are different"
        raise InputError(path, problem, "run the scenario again, or use that version")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if error is None or self._failure is None:
                self.flush()
            if error is not None and _blames_us(error) and (flaw := self._flaw()):
                raise InputError(self.path, flaw, "run the scenario again") from error
        finally:
            self._database.close()

    def _flaw(self) -> str | None:
        """Return what somebody has changed in the books, where that may explain an error."""
        return None if self._failure is not None else flaw_in(self._database)

    def writer(self, row_type: type[Any], counts: dict[str, int] | None = None) -> Callable[[Any], None]:
        """Return a function that writes rows of one type, committing them a batch at a time.

        It counts the rows in ``counts``, by table.
        """
        rows = self._pending.setdefault(row_type, [])
        counts = {} if counts is None else counts
        table = TABLES[row_type]
        counts.setdefault(table, 0)

        def write(row: Any) -> None:
            rows.append(row)
            counts[table] += 1
            if len(rows) >= BATCH:
                self.flush()

        return write

    def add(self, rows: Iterable[Any]) -> None:
        """Write rows and commit them."""
        for row in rows:
            self._pending.setdefault(type(row), []).append(row)
        self.flush()

    def forget(self, classifier: str, lane: str | None = None) -> None:
        """Delete a classifier's readings, of one lane or of all."""
        query = "DELETE FROM classification WHERE classifier = ?1 AND (?2 IS NULL OR lane = ?2)"
        with self._database.change(_JUDGE_A_COPY) as connection:
            connection.execute(query, (classifier, lane))

    def flush(self) -> bool:
        """Commit pending rows, and return whether there were any.

        Raises InputError if they cannot be written, then and ever after: they are lost.
        """
        if self._failure is not None:
            raise self._failure
        if not any(self._pending.values()):
            return False
        try:
            with self._database.change() as connection:
                for row_type, rows in self._pending.items():
                    # Of a plain tuple sqlite3 takes the values a quarter faster than of a named one.
                    connection.executemany(_INSERT[row_type], map(tuple, rows))
        except BaseException as error:
            # Nothing may follow lost rows, above all no note that their lane is finished.
            self._failure = error
            raise
        for rows in self._pending.values():
            rows.clear()
        return True

    def finish_lane(self, lane: str, written: Mapping[str, int]) -> None:
        """Commit pending rows together with the note that a lane is finished, and what was ``written`` in it."""
        self.add([Note(f"lane {lane}", json.dumps(written))])

    def finished_lanes(self) -> dict[str, dict[str, int]]:
        """Return what was written in each finished lane, by its name."""
        notes = self._database.read(tuple, "SELECT key, value FROM note WHERE key GLOB 'lane *'")
        found = {key.removeprefix("lane "): json.loads(value) for key, value in notes}
        # Somebody may have changed the books: a lane without counts has not ended.
        return {lane: counts for lane, counts in found.items() if isinstance(counts, dict)}

    def rows_by_owner(self) -> dict[str, dict[str, OwnedRows]]:
        """Count the rows that lanes and gateways have written, by table and then by lane or gateway."""
        found = {}
        for column, row_types in (("lane", _OF_LANES), ("gateway", _OF_GATEWAYS)):
            for row_type in row_types:
                numbers = "max(seq), sum(seq)" if "seq" in row_type._fields else "0, 0"
                query = f"SELECT {column}, count(*), {numbers} FROM {TABLES[row_type]} GROUP BY {column}"  # noqa: S608
                rows = self._database.read(tuple, query)
                found[TABLES[row_type]] = {owner: OwnedRows(*counted) for owner, *counted in rows}
        return found

    def delete_unfinished(self, lanes: Iterable[str], gateways: Iterable[str]) -> None:
        """Delete the rows of unfinished lanes and of their gateways, and the indexes, so that writing is fast again."""
        with self._database.change() as connection:
            of_lanes = (*_OF_LANES, Diagnosis)
            for column, names, row_types in (("lane", lanes, of_lanes), ("gateway", gateways, _OF_GATEWAYS)):
                wanted = json.dumps(list(names))
                for row_type in row_types:
                    query = f"DELETE FROM {TABLES[row_type]} WHERE {column} IN (SELECT value FROM json_each(?))"  # noqa: S608
                    connection.execute(query, (wanted,))
            for index in DROP:
                connection.execute(index)

    def note(self, key: str, value: str | None = None) -> str | None:
        """Write a note about the run and return it; without a value, return the note, None if there is none."""
        if value is not None:
            self.add([Note(key, value)])
            return value
        return next(self._database.read(itemgetter(0), "SELECT value FROM note WHERE key = ?", key), None)

    @property
    def complete(self) -> bool:
        """Whether the run is finished."""
        return self.note("complete") == "yes"

    @property
    def campaigns(self) -> list[str]:
        """The names of the campaigns, in the order of the scenario."""
        names: list[str] = json.loads(self.note("campaigns") or "[]")
        return names

    @property
    def planned_deliveries(self) -> int:
        """The number of planned deliveries. Their rows are written lane by lane, so a killed run has only some."""
        return sum(each.planned for each in self.known_lanes())

    def count(self, row_type: type[Any]) -> int:
        """Return the number of rows of a type."""
        (number,) = self._database.read(itemgetter(0), f"SELECT count(*) FROM {TABLES[row_type]}")  # noqa: S608
        return int(number)

    def index(self) -> None:
        """Make the indexes by which a lane is read, where there are none yet. Without them reading a lane is slow."""
        with self._database.change() as connection:
            for index in INDEX:
                connection.execute(index)

    def seal(self) -> None:
        """Note that the run is finished, and leave the database as one file that can be opened read-only.

        While another process reads it, it keeps its write-ahead log; whoever judges it later seals it.
        """
        self.index()
        self.note("complete", "yes")
        self._database.seal()

    @contextmanager
    def shared(self) -> Iterator[None]:
        """Let several processes read and write at the same time, as they cannot in sealed books; then seal them again.

        Waits for others that judge the same books. Raises InputError for books that cannot be written.
        """
        with writing(self.path, _JUDGE_A_COPY):
            lock = open_here(self.path.with_name(_JUDGING))
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._database.set_up("journal_mode=WAL", remedy=_JUDGE_A_COPY)
            self.index()
            try:
                yield
            finally:
                if self.complete:
                    self._database.seal()

    def lane(self, name: str, gateways: Sequence[str]) -> LaneBooks:
        """Return the books of one lane and of its gateways."""
        return LaneBooks(self._database, name, gateways)

    def lanes(self) -> Iterator[LaneBooks]:
        """Yield the books of every lane, in the order of the plan."""
        of: dict[str, list[str]] = {}
        for gateway in self.gateways():
            of.setdefault(gateway.lane, []).append(gateway.name)
        return (self.lane(each.name, of.get(each.name, ())) for each in self.known_lanes())

    def known_lanes(self) -> Iterator[KnownLane]:
        """Yield the lanes, in the order of the plan, with the number of planned deliveries."""
        return self._read(KnownLane, "rowid")

    def truths(self) -> Iterator[Truth]:
        """Yield the gateways' decisions, by gateway, in the order they were written."""
        return self._read(Truth, "gateway, seq")

    def attempts(self) -> Iterator[Attempt]:
        """Yield the attempts, by lane, in the order they were made."""
        return self._read(Attempt, "lane, seq")

    def reports(self) -> Iterator[DeliveryReport]:
        """Yield the delivery reports, by gateway, in the order they were written."""
        return self._read(DeliveryReport, "gateway, seq")

    def returned(self) -> Iterator[Returned]:
        """Yield the returned mail, by lane, in the order it came."""
        return self._read(Returned, "lane, seq")

    def engagements(self) -> Iterator[Engagement]:
        """Yield opens and clicks, by gateway."""
        return self._read(Engagement, "gateway, seq")

    def intents(self) -> Iterator[Intent]:
        """Yield the transactions that were about to begin at real servers, by lane."""
        return self._read(Intent, "lane, rowid")

    def gateways(self) -> Iterator[KnownGateway]:
        """Yield the gateways in the order of the scenario."""
        return self._read(KnownGateway, "rowid")

    def mailboxes(self) -> Iterator[Mailbox]:
        """Yield the mailboxes, by address."""
        return self._read(Mailbox, "address")

    def mailbox(self, address: str) -> Mailbox | None:
        """Return one mailbox, None if no directory has it."""
        return self.lane("", ()).mailbox(address)

    def dialogues(self, attempts: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Return the transcripts of attempts, by lane and number, as far as they were kept."""
        wanted = list(attempts)
        found = {}
        for begin in range(0, len(wanted), _KEYS_A_QUERY):
            some = wanted[begin : begin + _KEYS_A_QUERY]
            keys = ", ".join(["(?, ?)"] * len(some))
            query = f"SELECT * FROM transcript WHERE (lane, seq) IN (VALUES {keys})"  # noqa: S608 - question marks
            for row in self._database.read(Transcript._make, query, *chain.from_iterable(some)):
                found[row.lane, row.seq] = row.dialogue
        return found

    def planned(self) -> Iterator[Planned]:
        """Yield the planned deliveries, by the time they are due."""
        return self._read(Planned, "at")

    def classifiers(self) -> list[str]:
        """Return the names of the classifiers that have readings in the books, sorted."""
        query = "SELECT DISTINCT classifier FROM classification ORDER BY 1"
        return [str(name) for (name,) in self._database.read(tuple, query)]

    def classifications(self) -> Iterator[Classification]:
        """Yield the readings, by classifier, campaign and recipient."""
        return self._read(Classification, "classifier, campaign, recipient")

    def _read(self, row_type: type[Any], order: str, where: str = "", *values: str) -> Iterator[Any]:
        query = f"SELECT * FROM {TABLES[row_type]} {where} ORDER BY {order}"  # noqa: S608 - our names
        return self._database.read(row_type._make, query, *values)

    def _parts(self, only: str | None = None) -> Iterator[tuple[type[Any], str, Iterator[Any]]]:
        """Yield row type, gateway or lane, and rows of each part of the canonical books; see probe/records/parts.py."""
        wanted, _, owner = (only or "").partition("/")
        for row_type, table in HASHED.items():
            column = row_type._fields[0]
            if only is None:
                rows = self._read(row_type, f"{column}, seq")
            elif table == wanted:
                rows = self._read(row_type, "seq", f"WHERE {column} = ?", owner)
            else:
                continue
            yield from ((row_type, name, part) for name, part in groupby(rows, key=itemgetter(0)))

    def export(self, part: str | None = None) -> Iterator[bytes]:
        """Yield the lines of the canonical books, or of one part; raises InputError for an unknown part."""
        found = False
        for row_type, owner, rows in self._parts(part):
            found = True
            yield from part_lines(row_type, owner, rows)
        if part is not None and not found:
            raise InputError(self.path, f"has no part {part}", "see fivefifty books RUN --hashes")

    def hashes(self) -> dict[str, str]:
        """Return the hash of each part of the canonical books by its name."""
        found = {}
        for row_type, owner, rows in self._parts():
            part = PartHash(row_type, owner)
            for row in rows:
                part.add(row)
            found[part.name] = part.hexdigest()
        return found

    def digest(self) -> str:
        """Return the hash of the books."""
        return books_hash(self.hashes())
