"""A commit that fails stops the run with one sentence, and --resume goes on to the same books."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
import small_scenario
from small_scenario import bent

import probe.ledger
from fake_gateways.gateway import Gateway
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.judge.books import BooksError
from probe.lab.judge_run import judge_run
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario, prepare
from probe.lab.run import run_scenario
from probe.ledger import FILE, Ledger
from probe.ledger.database import Database
from probe.returned_mail.joiner import ReturnJoiner
from probe.scenario.load import load
from probe.sender.transport import TransportName

BATCH = 60
SEVERAL = bent("recipients = { count = 10 }\n", "")
for old, new in (
    ('domains = ["acme.example"]', "companies = 4"),
    ("count = 20, departed = 0.1", "count = 60, departed = 0.1, full = 0.2, opens = 0.3, away = 0.3"),
):
    SEVERAL = bent(old, new, SEVERAL)


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PreparedScenario:
    """Return a scenario of four lanes, whose books are committed often."""
    monkeypatch.setattr(probe.ledger, "BATCH", BATCH)
    return prepare(load(small_scenario.write(tmp_path, SEVERAL)))


def options(folder: Path, transport: TransportName, *, resume: bool = False) -> Options:
    """Return the options of a run in this process."""
    return Options(transport=transport, out=folder, classifiers=choose(["code"]), workers=1, resume=resume)


@dataclass
class Disk:
    """Counts commits. The one numbered ``fails_at`` fails, and with ``for_ever`` all that follow."""

    fails_at: int = 0
    for_ever: bool = False
    commits: int = 0

    def commit(self) -> None:
        """Count a commit; raise what SQLite raises where there is no room."""
        self.commits += 1
        if self.fails_at and (self.commits == self.fails_at or (self.for_ever and self.commits > self.fails_at)):
            raise sqlite3.OperationalError("database or disk is full")


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Return a disk that holds all books."""
    disk = Disk()
    change = Database.change

    @contextmanager
    def watched(database: Database, *remedy: str) -> Iterator[sqlite3.Connection]:
        with change(database, *remedy) as connection:
            yield connection
            disk.commit()

    monkeypatch.setattr(Database, "change", watched)
    return disk


@pytest.mark.parametrize("for_ever", [0, 1], ids=["once", "for ever"])
@pytest.mark.parametrize("transport", ["memory", "tcp"])
def test_whichever_commit_fails_no_row_is_lost(
    prepared: PreparedScenario, disk: Disk, transport: TransportName, for_ever: int, tmp_path: Path
) -> None:
    whole = run_scenario(prepared, options(tmp_path / "whole", transport)).scorecard
    commits = disk.commits
    # Over sockets a run takes longer, so not every commit is tried there.
    for number in range(1, commits + 1, 1 if transport == "memory" else 7):
        folder = tmp_path / str(number)
        disk.commits, disk.fails_at, disk.for_ever = 0, number, bool(for_ever)
        with pytest.raises(InputError, match="database or disk is full"):
            run_scenario(prepared, options(folder, transport))
        disk.fails_at = 0
        assert run_scenario(prepared, options(folder, transport, resume=True)).scorecard == whole, number


def test_after_a_failed_commit_nothing_is_written(tmp_path: Path, disk: Disk) -> None:
    def write() -> None:
        with Ledger.create(tmp_path) as books:
            disk.fails_at = disk.commits + 1
            for _ in range(2):
                with pytest.raises(InputError, match="cannot be written"):
                    books.finish_lane("acme", {})

    with pytest.raises(InputError, match="cannot be written"):
        write()
    with Ledger.open(tmp_path) as books:
        assert books.finished_lanes() == {}


def test_a_fault_in_a_gateway_ends_the_run_before_its_lane_is_finished(
    prepared: PreparedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record, told = Gateway.record, []

    def broken(gateway: Gateway, *given: object, **named: object) -> None:
        told.append(gateway)
        if len(told) == 30:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        record(gateway, *given, **named)  # type: ignore[arg-type]  # passed on as they came

    whole = run_scenario(prepared, options(tmp_path / "whole", "tcp")).scorecard
    monkeypatch.setattr(Gateway, "record", broken)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        run_scenario(prepared, options(tmp_path / "run", "tcp"))
    assert len(told) < whole.attempts
    assert run_scenario(prepared, options(tmp_path / "run", "tcp", resume=True)).scorecard == whole


def test_a_fault_in_the_return_mailbox_ends_the_run(
    prepared: PreparedScenario, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(joiner: ReturnJoiner, *given: object) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(ReturnJoiner, "accept", broken)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        run_scenario(prepared, options(tmp_path / "run", "tcp"))


@pytest.mark.parametrize("table", ["attempt", "planned", "mailbox", "truth", "engagement", "report", "returned"])
def test_lost_rows_are_told_when_the_run_is_judged(prepared: PreparedScenario, table: str, tmp_path: Path) -> None:
    run_scenario(prepared, options(tmp_path / "run", "memory"))
    file = sqlite3.connect(tmp_path / "run" / FILE)
    file.execute(f"DELETE FROM {table} WHERE rowid IN (SELECT max(rowid) FROM {table})")
    file.commit()
    file.close()
    with pytest.raises(BooksError, match=rf"lane acme-. has \d+ rows of table {table}, and has written \d+"):
        judge_run(tmp_path / "run", choose(["code"]))
