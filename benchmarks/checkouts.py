"""Checkouts to measure: this one, and a commit in a temporary worktree with an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]


class Checkout(NamedTuple):
    """A checkout with its environment."""

    label: str
    folder: Path

    @property
    def fivefifty(self) -> Path:
        """Its command."""
        return self.folder / ".venv" / "bin" / "fivefifty"


HERE: Final = Checkout("here", ROOT)


@contextmanager
def of_commit(commit: str) -> Iterator[Checkout]:
    """Make a checkout of a commit while the block lasts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "checkout"
        _run("git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", folder, commit)
        try:
            # The environment is the commit's own: its libraries may be others.
            _run("make", "--silent", "-C", folder, ".venv/.runs", f"PYTHON={sys.executable}")
            yield Checkout(commit, folder)
        finally:
            _run("git", "-C", ROOT, "worktree", "remove", "--force", folder)


def _run(*command: object) -> None:
    subprocess.run([str(word) for word in command], check=True)
