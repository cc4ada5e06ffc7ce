"""The books of a run: an SQLite database that gateways and sender write, and the judge reads."""

from __future__ import annotations

import fcntl
import hashlib
import json
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from sqlalchemy import URL, Connection, Table, create_engine, delete, event, func, select, tuple_
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DatabaseError

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.input_error import InputError
from probe.ledger.lane_books import LaneBooks
from probe.ledger.schema import (
    ATTEMPT,
    CLASSIFICATION,
    ENGAGEMENT,
    INDEXES,
    INTENT,
    KNOWN_GATEWAY,
    KNOWN_LANE,
    MAILBOX,
    METADATA,
    NOTE,
    PLANNED,
    REPORT,
    RETURNED,
    TRANSCRIPT,
    TRUTH,
)
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Classification, Intent, KnownGateway, KnownLane, Mailbox, Note, Planned, Transcript
from probe.user_files import is_file, is_folder, writing

BATCH: Final = 1000
"""Rows that are committed together. A crash can lose as many of each table."""
FILE: Final = "ledger.sqlite"
_LOCK: Final = ".lock"
"""Locked in two ways: by the run with flock(2), and by each of its workers with a record lock (fcntl(2))."""
_TABLES: Final[dict[type[Any], Table]] = {
    Truth: TRUTH,
    Attempt: ATTEMPT,
    DeliveryReport: REPORT,
    Returned: RETURNED,
    Engagement: ENGAGEMENT,
    Transcript: TRANSCRIPT,
    Intent: INTENT,
    KnownLane: KNOWN_LANE,
    KnownGateway: KNOWN_GATEWAY,
    Mailbox: MAILBOX,
    Planned: PLANNED,
    Classification: CLASSIFICATION,
    Note: NOTE,
}
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_KEYS_A_QUERY: Final = 10_000
"""Transcripts that one query asks for. Each takes two of the 32,766 parameters that SQLite allows."""
# The declared type of a column of truth values, which SQLite keeps as 0 and 1.
sqlite3.register_converter("BOOLEAN", b"1".__eq__)
_NOT_HASHED: Final = {"peer_port", "local_port", "duration_s"}


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Lock a folder for one run. Raises InputError if it cannot be written or another run has locked it."""
    with writing(folder, "choose another folder with --out"):
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("w")
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            problem = "is in use by another run or serve"
            raise InputError(folder, problem, "wait for its end or choose another folder with --out") from None
        # Workers of a killed run end soon after it; until then they may still write.
        fcntl.lockf(lock, fcntl.LOCK_EX)
        fcntl.lockf(lock, fcntl.LOCK_UN)
        yield


@contextmanager
def worker_lock(folder: Path) -> Iterator[None]:
    """Make the next run in a folder wait until this worker process has ended."""
    with (folder / _LOCK).open("r") as lock:
        fcntl.lockf(lock, fcntl.LOCK_SH)
        yield


@contextmanager
def _changing(path: Path, remedy: str = "make room, or choose another --out") -> Iterator[None]:
    """Turn a database error into the InputError of books that cannot be written, such as a full disk."""
    try:
        yield
    except DatabaseError as error:
        raise InputError(path, f"cannot be written ({error.orig})", remedy) from None


class Ledger:
    """An open database of books. Several processes may write to one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine: Engine = create_engine(URL.create("sqlite", database=str(path)))
        event.listen(self._engine, "connect", _prepare)
        self._pending: dict[type[Any], list[Sequence[Any]]] = {}
        self._inserts: dict[type[Any], str] = {}
        self._reader: sqlite3.Connection | None = None

    @classmethod
    def create(cls, folder: Path) -> Ledger:
        """Create new books in a folder and delete old ones; raises InputError if it cannot be written."""
        path = folder / FILE
        # Created under another name, so that a process killed meanwhile leaves no incomplete ledger.
        unfinished = path.with_name(f".{FILE}")
        with writing(folder, "choose another folder with --out"):
            folder.mkdir(parents=True, exist_ok=True)
            for old in (path, unfinished):
                for each in (old, old.with_name(f"{old.name}-wal"), old.with_name(f"{old.name}-shm")):
                    each.unlink(missing_ok=True)
        begun = cls(unfinished)
        with _changing(path):
            with begun._engine.connect() as connection:
                # In this mode readers see what is committed while others write. It is a property of the file.
                connection.exec_driver_sql("PRAGMA journal_mode=WAL")
            METADATA.create_all(begun._engine)
            begun._engine.dispose()
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
            ledger.note("complete")
        except DatabaseError:
            ledger._engine.dispose()
            raise InputError(path, "is not a ledger", "name the folder of a run, such as runs/control") from None
        return ledger

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.flush()
        self._close()

    def _close(self) -> None:
        self._engine.dispose()
        if self._reader is not None:
            self._reader.close()
            self._reader = None

    def writer(self, row_type: type[Any]) -> Callable[[Any], None]:
        """Return a function that writes rows of one type, committing them a batch at a time."""
        rows = self._pending.setdefault(row_type, [])

        def write(row: Any) -> None:
            rows.append(row)
            if len(rows) >= BATCH:
                self.flush()

        return write

    def add(self, rows: Iterable[Any]) -> None:
        """Write rows and commit them."""
        for row in rows:
            self._pending.setdefault(type(row), []).append(row)
        self.flush()

    def replace(self, classifier: str, rows: Iterable[Classification]) -> None:
        """Write a classifier's readings in place of its earlier ones, and commit them."""
        with _changing(self.path, "judge a copy that can be written"), self._engine.begin() as connection:
            connection.execute(delete(CLASSIFICATION).where(CLASSIFICATION.c.classifier == classifier))
        self.add(rows)

    def flush(self) -> None:
        """Commit pending rows. Raises InputError if they cannot be written."""
        if not any(self._pending.values()):
            return
        try:
            with _changing(self.path), self._engine.begin() as connection:
                for row_type, rows in self._pending.items():
                    if rows:
                        connection.exec_driver_sql(self._insert(row_type), rows)
        finally:
            # Rows that cannot be written now could not be written later either.
            for rows in self._pending.values():
                rows.clear()

    def _insert(self, row_type: type[Any]) -> str:
        """Return the INSERT statement of a row type. It is built once: building it costs more than inserting a row."""
        if row_type not in self._inserts:
            table = _TABLES[row_type]
            places = ", ".join("?" * len(table.columns))
            self._inserts[row_type] = f"INSERT OR REPLACE INTO {table.name} VALUES ({places})"  # noqa: S608 - our names
        return self._inserts[row_type]

    def finish_lane(self, lane: str) -> None:
        """Commit pending rows together with the note that a lane is finished."""
        self.add([Note(f"lane {lane}", "done")])

    def finished_lanes(self) -> set[str]:
        """Return the names of the finished lanes."""
        with self._reading() as connection:
            rows = connection.execute(select(NOTE.c.key).where(NOTE.c.key.like("lane %")))
            return {key.removeprefix("lane ") for (key,) in rows}

    def delete_unfinished(self, lanes: Iterable[str], gateways: Iterable[str]) -> None:
        """Delete the rows of unfinished lanes and of their gateways."""
        of_lane = [(table, table.c.lane, lane) for lane in lanes for table in (ATTEMPT, RETURNED, TRANSCRIPT, PLANNED)]
        of_gateway = [
            (table, table.c.gateway, name) for name in gateways for table in (TRUTH, REPORT, ENGAGEMENT, MAILBOX)
        ]
        with _changing(self.path), self._engine.begin() as connection:
            for table, column, name in (*of_lane, *of_gateway):
                connection.execute(delete(table).where(column == name))

    def note(self, key: str, value: str | None = None) -> str | None:
        """Write a note about the run and return it; without a value, return the note, None if there is none."""
        if value is not None:
            self.add([Note(key, value)])
            return value
        with self._engine.connect() as connection:
            return connection.execute(select(NOTE.c.value).where(NOTE.c.key == key)).scalar()

    @property
    def complete(self) -> bool:
        """Whether the run is finished."""
        return self.note("complete") == "yes"

    @property
    def planned_deliveries(self) -> int:
        """The number of planned deliveries. Their rows are written lane by lane, so a killed run has only some."""
        return int(self.note("planned") or self.count(Planned))

    def count(self, row_type: type[Any]) -> int:
        """Return the number of rows of a type."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(_TABLES[row_type])).scalar_one()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Open a connection for reading; raises InputError for a damaged file."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise InputError(self.path, f"cannot be read ({error.orig})", "run the scenario again") from None

    def seal(self) -> None:
        """Note that the run is finished, and leave the database as one file that can be opened read-only."""
        self.index()
        self.note("complete", "yes")
        self._close()
        with _changing(self.path), self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")

    def index(self) -> None:
        """Make the indexes by which a lane is read, where there are none yet. Without them reading a lane is slow."""
        with _changing(self.path), self._engine.begin() as connection:
            for columns in INDEXES:
                name = re.sub(r"\W+", "_", f"by {columns}").strip("_")
                connection.exec_driver_sql(f"CREATE INDEX IF NOT EXISTS {name} ON {columns}")

    def lane(self, name: str, gateways: Sequence[str]) -> LaneBooks:
        """Return the books of one lane and of its gateways."""
        if self._reader is None:
            self._reader = sqlite3.connect(self.path, detect_types=sqlite3.PARSE_DECLTYPES, isolation_level=None)
        return LaneBooks(self._reader, self.path, name, gateways)

    def lanes(self) -> Iterator[LaneBooks]:
        """Yield the books of every lane, in the order of the plan."""
        of: dict[str, list[str]] = {}
        for gateway in self.gateways():
            of.setdefault(gateway.lane, []).append(gateway.name)
        return (self.lane(each.name, of.get(each.name, ())) for each in self.known_lanes())

    def known_lanes(self) -> Iterator[KnownLane]:
        """Yield the lanes, in the order of the plan, with the number of planned deliveries."""
        yield from self._read(KnownLane)

    def truths(self) -> Iterator[Truth]:
        """Yield the gateways' decisions, by gateway, in the order they were written."""
        yield from self._read(Truth, TRUTH.c.gateway, TRUTH.c.seq)

    def attempts(self) -> Iterator[Attempt]:
        """Yield the attempts, by lane, in the order they were made."""
        yield from self._read(Attempt, ATTEMPT.c.lane, ATTEMPT.c.seq)

    def reports(self) -> Iterator[DeliveryReport]:
        """Yield the delivery reports, by gateway, in the order they were written."""
        yield from self._read(DeliveryReport, REPORT.c.gateway, REPORT.c.seq)

    def returned(self) -> Iterator[Returned]:
        """Yield the returned mail, by lane, in the order it came."""
        yield from self._read(Returned, RETURNED.c.lane, RETURNED.c.seq)

    def engagements(self) -> Iterator[Engagement]:
        """Yield opens and clicks, by gateway."""
        yield from self._read(Engagement, ENGAGEMENT.c.gateway, ENGAGEMENT.c.seq)

    def intents(self) -> Iterator[Intent]:
        """Yield the transactions that were about to begin at real servers, by lane."""
        yield from self._read(Intent, INTENT.c.lane)

    def gateways(self) -> Iterator[KnownGateway]:
        """Yield the gateways in the order of the scenario."""
        yield from self._read(KnownGateway)

    def mailboxes(self) -> Iterator[Mailbox]:
        """Yield the mailboxes, by address."""
        yield from self._read(Mailbox, MAILBOX.c.address)

    def mailbox(self, address: str) -> Mailbox | None:
        """Return one mailbox, None if no directory has it."""
        with self._reading() as connection:
            row = connection.execute(select(MAILBOX).where(MAILBOX.c.address == address)).first()
            return None if row is None else Mailbox._make(row)

    def dialogues(self, attempts: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Return the transcripts of attempts, by lane and number, as far as they were kept."""
        wanted = list(attempts)
        found = {}
        with self._reading() as connection:
            for begin in range(0, len(wanted), _KEYS_A_QUERY):
                some = tuple_(TRANSCRIPT.c.lane, TRANSCRIPT.c.seq).in_(wanted[begin : begin + _KEYS_A_QUERY])
                for lane, seq, text in connection.execute(select(TRANSCRIPT).where(some)):
                    found[lane, seq] = text
        return found

    def planned(self) -> Iterator[Planned]:
        """Yield the planned deliveries, by the time they are due."""
        yield from self._read(Planned, PLANNED.c.at)

    def classifications(self) -> Iterator[Classification]:
        """Yield the readings, by classifier, campaign and recipient."""
        order = (CLASSIFICATION.c.classifier, CLASSIFICATION.c.campaign, CLASSIFICATION.c.recipient)
        yield from self._read(Classification, *order)

    def _read(self, row_type: type[Any], *order: Any) -> Iterator[Any]:
        with self._reading() as connection:
            for row in connection.execute(select(_TABLES[row_type]).order_by(*order)):
                yield row_type._make(row)

    def export(self) -> Iterator[str]:
        """Yield the canonical books, one JSON object a line, without durations and ports.

        They are the decisions of gateways, attempts, posted delivery reports, returned mail and engagements.
        """
        for name, rows in (
            ("truth", self.truths()),
            ("attempt", self.attempts()),
            ("report", self.reports()),
            ("returned", self.returned()),
            ("engagement", self.engagements()),
        ):
            for row in rows:
                fields = {key: value for key, value in row._asdict().items() if key not in _NOT_HASHED}
                yield _ENCODE({"book": name, **fields})

    def digest(self) -> str:
        """Return the SHA-256 of the canonical books in hexadecimal, equal to ``sha256sum`` of the exported file."""
        digest = hashlib.sha256()
        for line in self.export():
            digest.update(line.encode() + b"\n")
        return digest.hexdigest()


def _prepare(connection: Any, record: Any) -> None:
    """Set up a new database connection: writers wait up to a minute for each other."""
    del record
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=60000")
    cursor.close()
