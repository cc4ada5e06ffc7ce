"""The books of a run: written in batches, exported in one canonical form, hashed, read again."""

from __future__ import annotations

import errno
import hashlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from book_rows import attempt, refused, truth

from fake_gateways.loopback import OutsideError
from fake_gateways.truth import Truth
from probe.classify.reading import ClassifierError
from probe.cli import books
from probe.cli.exit_codes import InterruptedRunError, PipeClosedError
from probe.input_error import InputError
from probe.judge.books import BooksError
from probe.ledger import BATCH, FILE, Ledger
from probe.ledger.diagnoses import replace_diagnoses
from probe.records.attempt import Attempt
from probe.records.rows import Classification, Diagnosis, Mailbox, Note, Planned

NOT_HASHED = {"peer_port", "local_port", "duration_s"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Return new books."""
    with Ledger.create(tmp_path / "run") as books:
        yield books


def seen_by_another(tmp_path: Path, row_type: type[Any]) -> int:
    """Return how many rows another reader of the same books sees."""
    with Ledger.open(tmp_path / "run") as books:
        return books.count(row_type)


def digest_of(folder: Path, *rows: Any) -> str:
    """Return the digest of books that hold these rows."""
    with Ledger.create(folder) as books:
        books.add(rows)
        return books.digest()


def test_a_pen_commits_a_batch_when_it_is_full(ledger: Ledger, tmp_path: Path) -> None:
    write = ledger.writer(Truth)
    for seq in range(BATCH - 1):
        write(truth(seq=seq))
    assert seen_by_another(tmp_path, Truth) == 0
    write(truth(seq=BATCH))
    assert seen_by_another(tmp_path, Truth) == BATCH
    write(truth(seq=BATCH + 1))
    assert seen_by_another(tmp_path, Truth) == BATCH
    ledger.flush()
    assert seen_by_another(tmp_path, Truth) == BATCH + 1


def test_closing_the_books_commits_what_the_pens_wrote(tmp_path: Path) -> None:
    with Ledger.create(tmp_path / "run") as books:
        books.writer(Truth)(truth())
        books.writer(Attempt)(attempt())
    assert (seen_by_another(tmp_path, Truth), seen_by_another(tmp_path, Attempt)) == (1, 1)


def test_an_interrupted_run_keeps_what_was_written(tmp_path: Path) -> None:
    def interrupted() -> None:
        with Ledger.create(tmp_path / "run") as books:
            books.writer(Truth)(truth())
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert seen_by_another(tmp_path, Truth) == 1


ROWS = [
    truth(),
    truth(return_path=None, recipient="", mailbox=None, cause="content", claimed="user-unknown", honest=False),
    attempt(),
    refused(code=None, enhanced=None, failure="line-cut", text="zoë\nline two"),
    Mailbox("ann@acme.example", "acme", "present", None),
    Planned("news", "ann@acme.example", 1.5, "127.10.0.1", "acme"),
    Classification("code", "news", "ann@acme.example", None, "keep", 0.5, "delivered"),
    Diagnosis("acme", "news", "ann@acme.example", '{"content": 1.0}', 0.9, asked=True, at=1.5),
]


def test_rows_are_read_back_as_they_were_written(ledger: Ledger) -> None:
    ledger.add(ROWS)
    assert list(ledger.truths()) == [ROWS[0], ROWS[1]]
    assert list(ledger.attempts()) == [ROWS[2], ROWS[3]]
    assert list(ledger.mailboxes()) == [ROWS[4]]
    assert list(ledger.planned()) == [ROWS[5]]
    assert list(ledger.classifications()) == [ROWS[6]]
    assert list(ledger.lane("acme", ()).diagnoses()) == [ROWS[7]]
    assert type(next(ledger.truths()).honest) is bool


def test_diagnoses_replace_those_that_there_were(ledger: Ledger) -> None:
    ledger.add(ROWS)
    other = Diagnosis("acme", "news", "bob@acme.example", "{}", 0.1, asked=False, at=2.5)
    replace_diagnoses(ledger.path, [other])
    assert list(ledger.lane("acme", ()).diagnoses()) == [other]


def test_truth_comes_by_gateway_and_attempts_by_lane_whatever_the_order_of_writing(ledger: Ledger) -> None:
    for name, seq in (("b", 2), ("a", 2), ("b", 1), ("a", 10), ("a", 1)):
        ledger.add([truth(gateway=name, seq=seq), attempt(lane=name, seq=seq)])
    order = [("a", 1), ("a", 2), ("a", 10), ("b", 1), ("b", 2)]
    assert [(row.gateway, row.seq) for row in ledger.truths()] == order
    assert [(row.lane, row.seq) for row in ledger.attempts()] == order


def test_the_export_has_a_part_for_each_table_and_gateway_or_lane(ledger: Ledger) -> None:
    ledger.add([attempt(text="zoë"), truth(), truth(gateway="globex")])
    heads = [json.loads(line) for line in ledger.export() if line.startswith(b"{")]
    assert [head["part"] for head in heads] == ["attempt/acme", "truth/acme", "truth/globex"]
    assert b"".join(ledger.export()) == b"".join(b"".join(ledger.export(head["part"])) for head in heads)


def test_the_digest_is_the_sha256_of_the_list_of_the_parts_sha256(ledger: Ledger) -> None:
    ledger.add(ROWS)
    listed = "".join(
        f"{hashlib.sha256(b''.join(ledger.export(name))).hexdigest()}  {name}\n"
        for name in ("attempt/acme", "truth/acme")
    )
    assert ledger.digest() == hashlib.sha256(listed.encode()).hexdigest()


@pytest.mark.parametrize("part", ["", "acme", "truth", "truth/", "truth/globex", "mailbox/acme", "attempt/acme/"])
def test_an_unknown_part_is_told(part: str, ledger: Ledger) -> None:
    ledger.add(ROWS)
    with pytest.raises(InputError, match=rf"has no part {part}; see fivefifty books RUN --hashes"):
        list(ledger.export(part))


def test_the_digest_of_empty_books_is_that_of_nothing(ledger: Ledger) -> None:
    assert ledger.digest() == hashlib.sha256(b"").hexdigest()


def changed(row: Any, column: str) -> Any:
    """Return a row with another value in one column."""
    value = getattr(row, column)
    return row._replace(
        **{
            column: not value
            if isinstance(value, bool)
            else value + 1
            if isinstance(value, int | float)
            else f"{value}x"
        }
    )


@pytest.mark.parametrize(("row_type", "column"), [(kind, name) for kind in (Truth, Attempt) for name in kind._fields])
def test_any_column_but_ports_and_durations_changes_the_digest(
    row_type: type[Any], column: str, tmp_path: Path
) -> None:
    row: Any = truth(enhanced="5.1.1", cause="content") if row_type is Truth else refused(enhanced="5.1.1", failure="x")
    before = digest_of(tmp_path / "a", row)
    after = digest_of(tmp_path / "b", changed(row, column))
    assert (before == after) == (column in NOT_HASHED)


def test_what_is_no_truth_and_no_attempt_is_not_hashed(tmp_path: Path) -> None:
    assert digest_of(tmp_path / "a", *ROWS) == digest_of(tmp_path / "b", *ROWS[:4], Note("complete", "yes"))


def test_the_order_in_which_several_lanes_wrote_does_not_change_the_digest(tmp_path: Path) -> None:
    rows = [
        kind(seq=seq, **{key: name})
        for kind, key in ((truth, "gateway"), (attempt, "lane"))
        for name in "abc"
        for seq in range(5)
    ]
    assert digest_of(tmp_path / "a", *rows) == digest_of(tmp_path / "b", *reversed(rows))


def test_notes_are_kept_and_the_last_word_counts(ledger: Ledger) -> None:
    assert ledger.note("scenario") is None
    ledger.note("scenario", "one")
    ledger.note("scenario", "two")
    assert ledger.note("scenario") == "two"
    assert ledger.count(Note) == 1


def test_books_are_complete_only_when_they_say_so(ledger: Ledger) -> None:
    assert not ledger.complete
    ledger.note("complete", "no")
    assert not ledger.complete
    ledger.note("complete", "yes")
    assert ledger.complete


@pytest.mark.parametrize(("note", "state"), [("no", "INCOMPLETE: the run ended before"), ("yes", "complete")])
def test_the_command_says_whether_books_are_complete(
    note: str, state: str, ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ledger.note("complete", note)
    ledger.add([attempt(), truth()])
    books.books(tmp_path / "run", export=False)
    out = capsys.readouterr().out
    assert f"state      {state}" in out
    assert "attempts   1\n" in out
    assert f"sha256     {ledger.digest()}" in out


def test_books_are_opened_again_by_their_folder_or_their_file(ledger: Ledger, tmp_path: Path) -> None:
    ledger.add(ROWS)
    for path in (tmp_path / "run", tmp_path / "run" / FILE):
        with Ledger.open(path) as again:
            assert again.digest() == ledger.digest()
            assert again.count(Mailbox) == 1


def test_new_books_take_the_place_of_old_ones(tmp_path: Path) -> None:
    before = digest_of(tmp_path / "run", *ROWS)
    assert before != digest_of(tmp_path / "run")
    assert seen_by_another(tmp_path, Truth) == 0


@pytest.mark.parametrize("name", ["nowhere", "."])
def test_a_folder_without_books_is_told(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Ledger.open(tmp_path / name)
    assert str(caught.value) == f"{tmp_path / name}: holds no {FILE}; name the folder of a run, such as runs/control"


@pytest.mark.parametrize("octets", [b"", b"From: news@sender.example\r\n\r\nHello\r\n", b"\0" * 5000])
def test_a_file_that_is_no_ledger_is_refused(octets: bytes, tmp_path: Path) -> None:
    path = tmp_path / "mail.eml"
    path.write_bytes(octets)
    with pytest.raises(InputError) as caught:
        Ledger.open(path)
    assert str(caught.value) == f"{path}: is not a ledger; name the folder of a run, such as runs/control"


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE song (title TEXT)")
    other.close()
    with pytest.raises(InputError, match="is not a ledger"):
        Ledger.open(path)


def test_books_of_another_version_are_told(tmp_path: Path) -> None:
    with Ledger.create(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / FILE)) as books:
        books.execute("PRAGMA user_version = 0")
    with pytest.raises(InputError, match="was written by another version of fivefifty, whose books are different"):
        Ledger.open(tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputError) as caught:
        Ledger.create(tmp_path / "file" / "run")
    assert str(caught.value) == (
        f"{tmp_path}/file/run: cannot be written (Not a directory); choose another folder with --out"
    )


@pytest.mark.parametrize(
    ("raised", "scans"),
    [
        (PipeClosedError(), 0),
        (ClassifierError("timed out"), 0),
        (InputError("news.toml", "is missing", "add it"), 0),
        (InterruptedRunError(Path("run")), 0),
        (OutsideError("192.0.2.1"), 0),
        (OSError(errno.EMFILE, "Too many open files"), 0),
        (KeyboardInterrupt(), 0),
        (OSError(errno.EOVERFLOW, "Value too large"), 1),
        (BooksError("a row is missing"), 1),
        (ZeroDivisionError(), 1),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_would_be_called_our_fault_makes_the_books_be_scanned(
    raised: BaseException, scans: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scanned: list[object] = []
    monkeypatch.setattr("probe.ledger.flaw_in", scanned.append)
    begun = Ledger.create(tmp_path / "run")
    with pytest.raises(type(raised)), begun:
        raise raised
    assert len(scanned) == scans


def test_a_closed_pipe_does_not_make_the_books_be_scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scanned: list[object] = []
    monkeypatch.setattr("probe.ledger.flaw_in", scanned.append)
    with Ledger.create(tmp_path / "run") as begun:
        begun.add([attempt()])

    def closed(*_: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(sys, "stdout", SimpleNamespace(buffer=SimpleNamespace(writelines=closed, write=closed)))
    with pytest.raises(PipeClosedError):
        books.books(tmp_path / "run", export=True)
    assert scanned == []
