"""Books that somebody has changed: commands refuse them in a sentence, or read what is there."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import small_scenario
from fivefifty_command import complaint, fivefifty

from probe.classify.reading import Advice
from probe.classify.registry import choose
from probe.input_error import InputError
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.ledger import FILE, Ledger, soundness
from probe.scenario.load import load


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("books")
    prepared = prepare(load(small_scenario.write(folder)))
    result = run_scenario(
        prepared, Options(transport="memory", out=folder / "run", classifiers=choose(["code"]), workers=1)
    )
    result.write(folder / "run")
    return folder / "run"


def changed(folder: Path, books: Path, *statements: str) -> Path:
    shutil.copytree(books, folder, dirs_exist_ok=True)
    with closing(sqlite3.connect(folder / FILE)) as database:
        for each in statements:
            database.execute(each)
        database.commit()
    return folder


ENDLESS = (
    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT 1 FROM n) SELECT 'complete' AS key, 'yes' AS value FROM n"
)


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE more (a)"],
        ["CREATE TRIGGER t AFTER INSERT ON note BEGIN DELETE FROM attempt; END"],
        ["CREATE INDEX more ON attempt (text)"],
        ["DROP TABLE transcript"],
        ["ALTER TABLE attempt RENAME COLUMN text TO words"],
        ["DROP TABLE note", f"CREATE VIEW note AS {ENDLESS}"],
    ],
)
def test_other_tables_than_ours_are_no_ledger(statements: list[str], books: Path, tmp_path: Path) -> None:
    """A view could read for ever."""
    with pytest.raises(InputError, match="is not a ledger; name the folder of a run"):
        Ledger.open(changed(tmp_path, books, *statements))


@pytest.mark.parametrize(
    ("statement", "command", "said"),
    [
        ("UPDATE note SET value = '[' WHERE key = 'campaigns'", "check", "has a note campaigns that is not one"),
        ("UPDATE note SET value = 'x' WHERE key = 'seed'", "check", "has a note seed that is not one"),
        ("UPDATE mailbox SET state = 'lost'", "check", "has in mailbox.state what fivefifty never writes there"),
        *(
            (
                f"INSERT INTO diagnosis SELECT lane, campaign, recipient, '{causes}', 0.5, 1, 1.5 FROM attempt LIMIT 1",
                "check",
                "has in diagnosis.causes what fivefifty never writes there",
            )
            for causes in ("[", "[]", '{"moon": 1.0}', '{"content": "x"}')
        ),
        (
            "UPDATE truth SET cause = 'x' WHERE cause NOT NULL",
            "check",
            "has in truth.cause what fivefifty never writes ",
        ),
        (
            "UPDATE classification SET advice = 'x'",
            "report",
            "has in classification.advice what fivefifty never writes ",
        ),
        ("UPDATE attempt SET at = 1e300", "show", "has in attempt.at what fivefifty never writes there"),
        ("UPDATE attempt SET code = 'x'", "check", "has in attempt.code what fivefifty never writes there"),
    ],
)
def test_what_fivefifty_never_writes_is_told_in_place_of_the_error_that_it_causes(
    statement: str, command: str, said: str, books: Path, tmp_path: Path
) -> None:
    folder = changed(tmp_path, books, statement)
    recipient = ["--recipient", "*"] if command == "show" else []
    if recipient:
        with Ledger.open(folder) as ledger:
            recipient[1] = next(ledger.attempts()).recipient
    told = complaint(fivefifty(command, folder, *recipient))
    assert told.startswith(f"{folder / FILE}: {said}")
    assert told.endswith("; run the scenario again")


def test_a_note_about_the_log_that_is_none_is_told(books: Path, tmp_path: Path) -> None:
    with Ledger.open(changed(tmp_path, books, "INSERT INTO note VALUES ('log', 'x')")) as ledger:
        assert ledger._flaw() == "has a note log that is not one"


def test_every_advice_of_a_classifier_is_known_to_the_books() -> None:
    assert set(soundness._ADVICE) == set(Advice)
