"""The account adds up what runs tried, and its page shows it."""

from __future__ import annotations

import tomllib

from source_tree import ROOT

from simulation.account import Account, page
from simulation.account_file import PAGE, load_account, page_of
from simulation.part import Failure, Tried

FOUND = 'fault = [{ by = "worlds", what = "A lost row", test = "tests/simulation/test_account.py" }]'


def tried(number: int, *failures: Failure) -> Tried:
    found = Tried(failures=list(failures))
    found.count("worlds", number)
    found.met(["tls", "retest", "pause"])
    return found


def test_runs_are_added_up() -> None:
    account = Account()
    account.add("aaa", {"worlds": (tried(3), 2.0)})
    account.add("bbb", {"worlds": (tried(4, Failure("worlds", "s/1", "hangs")), 5.0)})
    account = Account.read(account.written())
    assert account.parts == {"worlds": {"worlds": 7, "failures": 1, "seconds": 7}}
    assert account.commits == {"aaa": 2, "bbb": 5}
    assert account.pairs == {("pause", "retest"), ("pause", "tls"), ("retest", "tls")}


def test_the_page_shows_counts_pairs_and_faults() -> None:
    account = Account()
    account.add("aaa", {"worlds": (tried(1234), 2.0)})
    text = page(account, ["tls", "retest", "pause", "lies"], FOUND)
    assert "| worlds | 1,234 |" in text
    assert "3 of 6 pairs of the 4 features" in text
    assert "| worlds | A lost row | `tests/simulation/test_account.py` |" in text


def test_every_regression_test_that_is_named_exists() -> None:
    faults = tomllib.loads((ROOT / "simulation/found.toml").read_text("utf-8"))["fault"]
    missing = []
    for fault in faults:
        file, _, name = fault["test"].partition("::")
        path = ROOT / file
        if not path.is_file() or (name and f"def {name}(" not in path.read_text("utf-8")):
            missing.append(fault["test"])
    assert missing == []


def test_the_page_is_what_the_program_writes() -> None:
    assert PAGE.read_text("utf-8") == page_of(load_account()), "run: make docs"
