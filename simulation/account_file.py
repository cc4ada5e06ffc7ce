"""The files of the account: account.json, and the page ACCOUNT.md, which ``make docs`` writes again."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from simulation.account import Account, page
from simulation.worlds.features import FEATURES

_HERE: Final = Path(__file__).parent
COUNTS: Final = _HERE / "account.json"
PAGE: Final = _HERE / "ACCOUNT.md"


def load_account() -> Account:
    """Read the account of all runs so far; it is empty if there is none."""
    return Account.read(COUNTS.read_text("utf-8")) if COUNTS.exists() else Account()


def page_of(account: Account) -> str:
    """Return the page of an account, with the faults of found.toml."""
    return page(account, FEATURES, (_HERE / "found.toml").read_text("utf-8"))


def save_account(account: Account) -> None:
    """Write an account and its page."""
    COUNTS.write_text(account.written(), "utf-8")
    PAGE.write_text(page_of(account), "utf-8")


if __name__ == "__main__":
    save_account(load_account())
