"""The books of a run: a database that two pens write and the judge reads. SQLite by default."""

from __future__ import annotations

import fcntl
import hashlib
import json
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
from probe.ledger.schema import (
    ATTEMPT,
    CLASSIFICATION,
    ENGAGEMENT,
    INTENT,
    KNOWN_GATEWAY,
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
from probe.records.rows import Classification, Intent, KnownGateway, Mailbox, Note, Planned, Transcript
from probe.returned_mail.returned import Returned

BATCH: Final = 1000
"""Rows that are committed together: what a crash can lose of each table."""
FILE: Final = "ledger.sqlite"
_LOCK: Final = ".lock"
"""Held twice: as a whole (flock) by the run, and as a record (lockf) by each of its workers."""
_TABLES: Final[dict[type[Any], Table]] = {
    Truth: TRUTH,
    Attempt: ATTEMPT,
    DeliveryReport: REPORT,
    Returned: RETURNED,
    Engagement: ENGAGEMENT,
    Transcript: TRANSCRIPT,
    Intent: INTENT,
    KnownGateway: KNOWN_GATEWAY,
    Mailbox: MAILBOX,
    Planned: PLANNED,
    Classification: CLASSIFICATION,
    Note: NOTE,
}
_ENCODE: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ASKED_TOGETHER: Final = 10_000
"""Dialogues that are looked for in one go: SQLite takes 32,766 parameters."""
_NOT_HASHED: Final = {"peer_port", "local_port", "duration_s"}


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold a folder for one run alone; raises InputError where that cannot be, or another run holds it."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / _LOCK).open("w")
    except OSError as error:
        raise InputError(folder, f"cannot be written ({error.strerror})", "choose another folder with --out") from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            problem = "is in use by another run or serve"
            raise InputError(folder, problem, "wait for its end or choose another folder with --out") from None
        # Workers of a run that was killed go within a moment; until then they may still write.
        fcntl.lockf(lock, fcntl.LOCK_EX)
        fcntl.lockf(lock, fcntl.LOCK_UN)
        yield


@contextmanager
def working(folder: Path) -> Iterator[None]:
    """Let the next run in a folder wait for this worker's end, however that comes."""
    with (folder / _LOCK).open("r") as lock:
        fcntl.lockf(lock, fcntl.LOCK_SH)
        yield


class Ledger:
    """An open ledger. Several processes may write to one."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine: Engine = create_engine(URL.create("sqlite", database=str(path)))
        event.listen(self._engine, "connect", _prepare)
        self._pending: dict[type[Any], list[Sequence[Any]]] = {}
        self._inserts: dict[type[Any], str] = {}

    @classmethod
    def create(cls, folder: Path) -> Ledger:
        """Begin new books in a folder, in place of old ones; raises InputError where that cannot be."""
        path = folder / FILE
        # Made aside, so that whoever is killed meanwhile leaves no file that is not a ledger.
        unfinished = path.with_name(f".{FILE}")
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for old in (path, unfinished):
                for each in (old, old.with_name(f"{old.name}-wal"), old.with_name(f"{old.name}-shm")):
                    each.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(
                folder, f"cannot be written ({error.strerror})", "choose another folder with --out"
            ) from None
        begun = cls(unfinished)
        with begun._engine.connect() as connection:
            # Readers see what is committed while others write; the mode stays with the file.
            connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        METADATA.create_all(begun._engine)
        begun._engine.dispose()
        unfinished.replace(path)
        return cls(path)

    @classmethod
    def open(cls, folder: Path) -> Ledger:
        """Open the books of a run; raises InputError where there are none."""
        path = folder / FILE if folder.is_dir() else folder
        if not path.is_file():
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
        self._engine.dispose()

    def pen(self, row_type: type[Any]) -> Callable[[Any], None]:
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
        """Write what a classifier says in place of what it said before, and commit it."""
        try:
            with self._engine.begin() as connection:
                connection.execute(delete(CLASSIFICATION).where(CLASSIFICATION.c.classifier == classifier))
        except DatabaseError as error:
            problem = f"cannot be written ({error.orig})"
            raise InputError(self.path, problem, "judge a copy that can be written") from None
        self.add(rows)

    def flush(self) -> None:
        """Commit what has been written."""
        if not any(self._pending.values()):
            return
        try:
            with self._engine.begin() as connection:
                for row_type, rows in self._pending.items():
                    if rows:
                        connection.exec_driver_sql(self._insert(row_type), rows)
        except DatabaseError as error:
            raise InputError(
                self.path, f"cannot be written ({error.orig})", "make room or choose another --out"
            ) from None
        finally:
            # What cannot be written now will not be written later either.
            for rows in self._pending.values():
                rows.clear()

    def _insert(self, row_type: type[Any]) -> str:
        """Return the INSERT for a row type; compiled once, because that costs more than a row."""
        if row_type not in self._inserts:
            table = _TABLES[row_type]
            places = ", ".join("?" * len(table.columns))
            self._inserts[row_type] = f"INSERT OR REPLACE INTO {table.name} VALUES ({places})"  # noqa: S608 - our names
        return self._inserts[row_type]

    def finish_lane(self, lane: str) -> None:
        """Commit what has been written together with the fact that a lane came to its end."""
        self.add([Note(f"lane {lane}", "done")])

    def finished_lanes(self) -> set[str]:
        """Return the lanes that came to their end."""
        with self._reading() as connection:
            rows = connection.execute(select(NOTE.c.key).where(NOTE.c.key.like("lane %")))
            return {key.removeprefix("lane ") for (key,) in rows}

    def forget(self, lanes: Iterable[str], gateways: Iterable[str]) -> None:
        """Delete what lanes and their gateways wrote, that did not come to their end."""
        of_lane = [(table, table.c.lane, lane) for lane in lanes for table in (ATTEMPT, RETURNED, TRANSCRIPT)]
        of_gateway = [(table, table.c.gateway, name) for name in gateways for table in (TRUTH, REPORT, ENGAGEMENT)]
        with self._engine.begin() as connection:
            for table, column, name in (*of_lane, *of_gateway):
                connection.execute(delete(table).where(column == name))

    def note(self, key: str, value: str | None = None) -> str | None:
        """Write a fact about the run, or read one back."""
        if value is not None:
            self.add([Note(key, value)])
            return value
        with self._engine.connect() as connection:
            return connection.execute(select(NOTE.c.value).where(NOTE.c.key == key)).scalar()

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return self.note("complete") == "yes"

    def count(self, row_type: type[Any]) -> int:
        """Return how many rows there are."""
        with self._reading() as connection:
            return connection.execute(select(func.count()).select_from(_TABLES[row_type])).scalar_one()

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        """Read; raises InputError for a damaged file."""
        try:
            with self._engine.connect() as connection:
                yield connection
        except DatabaseError as error:
            raise InputError(self.path, f"cannot be read ({error.orig})", "run the scenario again") from None

    def seal(self) -> None:
        """Note that the run came to its end, and make the ledger one plain file that can be archived read-only."""
        self.note("complete", "yes")
        self._engine.dispose()
        with self._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA journal_mode=DELETE")

    def truths(self) -> Iterator[Truth]:
        """Yield the truth by gateway, in the order it was written."""
        yield from self._read(Truth, TRUTH.c.gateway, TRUTH.c.seq)

    def attempts(self) -> Iterator[Attempt]:
        """Yield the attempts by lane, in the order they were made."""
        yield from self._read(Attempt, ATTEMPT.c.lane, ATTEMPT.c.seq)

    def reports(self) -> Iterator[DeliveryReport]:
        """Yield the delivery reports by gateway, in the order they were written."""
        yield from self._read(DeliveryReport, REPORT.c.gateway, REPORT.c.seq)

    def returned(self) -> Iterator[Returned]:
        """Yield what came home, by lane, in the order it came."""
        yield from self._read(Returned, RETURNED.c.lane, RETURNED.c.seq)

    def engagements(self) -> Iterator[Engagement]:
        """Yield what was opened and clicked, by gateway."""
        yield from self._read(Engagement, ENGAGEMENT.c.gateway, ENGAGEMENT.c.seq)

    def intents(self) -> Iterator[Intent]:
        """Yield the transactions that were about to begin."""
        yield from self._read(Intent, INTENT.c.lane)

    def gateways(self) -> Iterator[KnownGateway]:
        """Yield the gateways in the order of the scenario."""
        yield from self._read(KnownGateway)

    def mailboxes(self) -> Iterator[Mailbox]:
        """Yield the mailboxes."""
        yield from self._read(Mailbox, MAILBOX.c.address)

    def mailbox(self, address: str) -> Mailbox | None:
        """Return one mailbox, None where no directory has it."""
        with self._reading() as connection:
            row = connection.execute(select(MAILBOX).where(MAILBOX.c.address == address)).first()
            return None if row is None else Mailbox._make(row)

    def dialogues(self, attempts: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
        """Return the transcripts of attempts, as far as they were kept."""
        wanted = list(attempts)
        found = {}
        with self._reading() as connection:
            for begin in range(0, len(wanted), _ASKED_TOGETHER):
                some = tuple_(TRANSCRIPT.c.lane, TRANSCRIPT.c.seq).in_(wanted[begin : begin + _ASKED_TOGETHER])
                for lane, seq, text in connection.execute(select(TRANSCRIPT).where(some)):
                    found[lane, seq] = text
        return found

    def planned(self) -> Iterator[Planned]:
        """Yield the planned deliveries."""
        yield from self._read(Planned, PLANNED.c.at)

    def classifications(self) -> Iterator[Classification]:
        """Yield what the classifiers said."""
        order = (CLASSIFICATION.c.classifier, CLASSIFICATION.c.campaign, CLASSIFICATION.c.recipient)
        yield from self._read(Classification, *order)

    def _read(self, row_type: type[Any], *order: Any) -> Iterator[Any]:
        with self._reading() as connection:
            for row in connection.execute(select(_TABLES[row_type]).order_by(*order)):
                yield row_type._make(row)

    def export(self) -> Iterator[str]:
        """Yield the canonical books, a JSON object a line, without durations and ports.

        They are truth, attempts, reports as they were posted, and what came home and was opened.
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
        """Return the SHA-256 of the canonical books, as ``sha256sum`` prints it for the exported file."""
        digest = hashlib.sha256()
        for line in self.export():
            digest.update(line.encode() + b"\n")
        return digest.hexdigest()


def _prepare(connection: Any, record: Any) -> None:
    """Let writers wait for each other."""
    del record
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.execute("PRAGMA busy_timeout=60000")
    cursor.close()


__all__ = [
    "Attempt",
    "Classification",
    "DeliveryReport",
    "Engagement",
    "Intent",
    "KnownGateway",
    "Ledger",
    "Mailbox",
    "Note",
    "Planned",
    "Returned",
    "Transcript",
    "Truth",
]
