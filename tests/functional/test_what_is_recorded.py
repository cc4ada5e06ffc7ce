"""How much a run records: rows, fields and lines of dialogue, so that no speed is won by recording less.

The figures are those of commit 9464c02. Who changes what is recorded on purpose changes them here.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final, NamedTuple

import pytest
from fivefifty_command import fivefifty

ROOT: Final = Path(__file__).parents[2]
TWELVE: Final = ROOT / "tests" / "scenarios" / "twelve.toml"

FIELDS: Final = {
    "attempt": "lane seq at duration_s number campaign message message_id return_path recipient mx mx_address"
    " local_address local_port tls stage outcome code enhanced text failure connection position greeting",
    "classification": "classifier campaign recipient cause advice alive reason",
    "engagement": "gateway seq at kind recipient return_path message_id",
    "gateway": "name persona host address mailboxes",
    "intent": "lane campaign recipient number",
    "mailbox": "address gateway state left_at",
    "planned": "campaign recipient at source lane",
    "report": "gateway host seq at return_path recipients layout content",
    "returned": "lane seq at return_path campaign recipient kind action status code text message_id joined_by content",
    "transcript": "lane seq dialogue",
    "truth": "gateway host address seq at session transaction stage peer_address peer_port helo return_path recipient"
    " message_id mailbox cause claimed honest fate code enhanced text policy",
}
"""The fields of each table. Only ``note`` is missing, where a run says of itself how far it has come."""


class Amount(NamedTuple):
    """What a table holds: its rows, and how many of their fields are filled in."""

    rows: int
    filled: int


NOTHING: Final = Amount(0, 0)
RECORDED: Final = {
    "scenarios/accept_then_bounce.toml": {
        "attempt": Amount(1500, 34500),
        "classification": Amount(4500, 22647),
        "gateway": Amount(10, 50),
        "mailbox": Amount(1500, 4500),
        "planned": Amount(1500, 7500),
        "report": Amount(118, 944),
        "returned": Amount(118, 1534),
        "transcript": Amount(1500, 4500),
        "truth": Amount(1500, 30354),
    },
    "scenarios/mailbox_full_season.toml": {
        "attempt": Amount(2671, 60752),
        "classification": Amount(4800, 24572),
        "gateway": Amount(12, 60),
        "mailbox": Amount(1600, 4800),
        "planned": Amount(1600, 8000),
        "transcript": Amount(2671, 8013),
        "truth": Amount(2671, 55453),
    },
    "scenarios/three_newsletters.toml": {
        "attempt": Amount(3300, 74100),
        "classification": Amount(9900, 50801),
        "engagement": Amount(1104, 7728),
        "gateway": Amount(9, 45),
        "mailbox": Amount(1100, 4369),
        "planned": Amount(3300, 16500),
        "report": Amount(111, 888),
        "returned": Amount(111, 1221),
        "transcript": Amount(3300, 9900),
        "truth": Amount(3300, 63719),
    },
    "tests/scenarios/everything.toml": {
        "attempt": Amount(2207, 50210),
        "classification": Amount(4680, 23810),
        "gateway": Amount(52, 260),
        "mailbox": Amount(1560, 4680),
        "planned": Amount(1560, 7800),
        "report": Amount(3, 24),
        "returned": Amount(3, 39),
        "transcript": Amount(2207, 6621),
        "truth": Amount(2179, 43792),
    },
}
"""The tables that are not empty after a run in memory that keeps every dialogue."""
DIALOGUE: Final = {
    "scenarios/accept_then_bounce.toml": 20200,
    "scenarios/mailbox_full_season.toml": 31925,
    "scenarios/three_newsletters.toml": 34824,
    "tests/scenarios/everything.toml": 30294,
}
"""Lines that clients and servers said, in all dialogues."""


@pytest.mark.parametrize("scenario", RECORDED)
def test_a_run_records_as_much_as_ever(scenario: str, tmp_path: Path) -> None:
    fivefifty("run", ROOT / scenario, "--transport", "memory", "--transcripts", "--out", tmp_path)
    recorded = {}
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as books:
        for table, fields in FIELDS.items():
            filled = " + ".join(f"count(nullif(\"{field}\", ''))" for field in fields.split())
            ((rows, of_fields),) = books.execute(f"SELECT count(*), {filled} FROM {table}")
            recorded[table] = Amount(rows, of_fields)
        dialogues = [text for (text,) in books.execute("SELECT dialogue FROM transcript")]
    assert recorded == dict.fromkeys(FIELDS, NOTHING) | RECORDED[scenario]
    assert sum(len(text.splitlines()) for text in dialogues) == DIALOGUE[scenario]


def test_books_have_every_field_they_ever_had(tmp_path: Path) -> None:
    fivefifty("run", TWELVE, "--transport", "memory", "--out", tmp_path)
    with closing(sqlite3.connect(tmp_path / "ledger.sqlite")) as books:
        found = {table: {each[1] for each in books.execute(f"PRAGMA table_info({table})")} for table in FIELDS}
    assert {table: set(fields.split()) - found[table] for table, fields in FIELDS.items()} == {t: set() for t in FIELDS}
