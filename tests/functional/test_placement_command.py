"""fivefifty placement RUN: seeds of a run whose gateways know where they have filed every message."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import pytest
from fivefifty_command import complaint, fivefifty
from json_schema import faults

from probe.cli.exit_codes import Exit
from probe.placement.document import schema

MESSAGE: Final = "From: news@sender.example\nSubject: Hello\n\nHello {{given_name}}.\n"
DAYS: Final = 13
LISTED_FROM: Final = 10
POOL: Final = """\
schema = 1
name = "pool"
title = "An address of the pool gets listed, and a consumer provider files its mail as junk"
seed = 7
starts = 2026-03-02T08:00:00Z

[sender]
helo = "mta1.sender.example"
return_path = "bounce.sender.example"
ips = [{ address = "127.10.0.1", listed = [{ zone = "bl.example.net", from = "10d" }] }]
rate = "10/1s"

[[gateway]]
name = "freemail"
domains = ["freemail.example"]
mailboxes = { count = 30 }

  [[gateway.policy]]
  type = "ip-reputation"
  zones = ["bl.example.net"]
  at = "rcpt"
  instead = "junk"

[[gateway]]
name = "webmail"
domains = ["webmail.example"]
mailboxes = { count = 20, departed = 0.2 }

  [[gateway.policy]]
  type = "ip-reputation"
  zones = ["bl.example.net"]
  at = "rcpt"
  instead = "quarantine"

[[gateway]]
name = "acme"
domains = ["acme.example"]
mailboxes = { count = 10 }
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    campaigns = (f'[[campaign]]\nname = "day-{day}"\nmessage = "news.eml"\nat = "{day}d"\n' for day in range(DAYS))
    (folder / "pool.toml").write_text(POOL + "\n".join(campaigns), "utf-8")
    (folder / "news.eml").write_text(MESSAGE, "utf-8")
    done = fivefifty("run", "pool.toml", "--transport", "memory", "--out", "run", cwd=folder)
    assert done.returncode == Exit.PASSED, done.stderr
    return folder / "run"


def read(run: Path, *more: object) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the document."""
    done = fivefifty("placement", run, *more, "--json")
    document: dict[str, Any] = json.loads(done.stdout)
    assert list(faults(document, schema(), schema())) == []
    return done.returncode, document


def test_the_seeds_show_what_is_true_and_the_alarm_is_raised(run: Path) -> None:
    code, found = read(run)
    assert code == Exit.GATE_FAILED
    assert [each["name"] for each in found["campaigns"]] == [f"day-{day}" for day in range(DAYS)]
    before, after = found["campaigns"][LISTED_FROM - 1], found["campaigns"][LISTED_FROM]
    assert (before["seeds"], before["share"], before["true_share"]) == (24, 1.0, 1.0)
    assert (after["inbox"], after["junk"], after["missing"]) == (8, 8, 8)
    assert after["low"] < after["true_share"] < after["high"]
    assert [each["is_raised"] for each in found["checks"]].index(True) in {LISTED_FROM, LISTED_FROM + 1}
    assert set(found["checks"][-1]["fallen"]) == {"freemail", "webmail"}
    assert {each["name"]: each["seeds"] for each in found["providers"]} == {"acme": 8, "freemail": 8, "webmail": 8}
    assert [each["name"] for each in found["sources"]] == ["127.10.0.1"]


def test_the_same_seeds_are_drawn_again_and_a_number_of_them(run: Path) -> None:
    assert read(run) == read(run)
    found = read(run, "--seeds", 4)[1]
    assert {each["name"]: each["seeds"] for each in found["providers"]} == {"acme": 1, "freemail": 2, "webmail": 1}
    assert read(run, "--seeds", 10_000)[1]["all"]["share"] == read(run, "--seeds", 10_000)[1]["all"]["true_share"]


def test_the_text_and_the_page_say_the_same(run: Path, tmp_path: Path) -> None:
    done = fivefifty("placement", run, "--html", tmp_path / "page.html")
    assert done.returncode == Exit.GATE_FAILED
    first, alarm, *_ = done.stdout.splitlines()
    assert first.startswith("day-12: 33% of the mail to 24 seeds at 3 providers is in the inbox (95 %: ")
    assert alarm.startswith("ALARM since day-1")
    text = (tmp_path / "page.html").read_text("utf-8")
    assert first in text
    assert alarm in text


def test_books_that_are_not_finished_are_one_sentence(run: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(run, tmp_path / "run")
    with closing(sqlite3.connect(copy / "ledger.sqlite")) as books, books:
        books.execute("UPDATE note SET value = 'no' WHERE key = 'complete'")
    assert "is not finished" in complaint(fivefifty("placement", copy))


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["nowhere"], "holds no ledger.sqlite"),
        (["RUN", "--campaign", "spring"], "--campaign: is of no use here"),
        (["RUN", "--tidy"], "--tidy: is of no use here"),
        (["RUN", "--html", "/nowhere/page.html"], "--html /nowhere/page.html: cannot be written"),
    ],
)
def test_a_mistake_is_one_sentence(run: Path, words: list[str], sentence: str) -> None:
    assert sentence in complaint(fivefifty("placement", *(run if each == "RUN" else each for each in words)))


def test_the_study_prints_both_tables() -> None:
    done = fivefifty("evaluate", "--placement", "--cases", "2")
    assert done.returncode == Exit.PASSED, done.stderr
    assert "24 at 6" in done.stdout
    assert "false" in done.stdout
    assert "makes its own" in complaint(fivefifty("evaluate", "--placement", "--diagnose"))
