"""Copies the books at a commit: what a run that is killed at that moment would leave."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from probe import ledger
from probe.ledger import FILE
from probe.ledger.database import Database


@dataclass
class Snapshot:
    """The moment of the copy: after the commit of this number, of ``commits``. 0: there is no copy."""

    number: int = 0
    commits: int = 0


@contextmanager
def snapshot(folder: Path, copy: Path, rng: random.Random) -> Iterator[Snapshot]:
    """Copy the books that are written into a folder meanwhile, as they are after one commit; each is equally likely.

    Only the write-ahead log and the database are copied, as a dead process leaves them. Rows are committed in batches
    of a size that is drawn as well.
    """
    taken = Snapshot()
    change = Database.change

    @contextmanager
    def noted(self: Database, *given: str) -> Iterator[sqlite3.Connection]:
        with change(self, *given) as connection:
            yield connection
        if self.path != folder / FILE:
            return
        taken.commits += 1
        if rng.randrange(taken.commits) == 0:
            shutil.rmtree(copy, ignore_errors=True)
            copy.mkdir()
            taken.number = taken.commits
            for file in (FILE, f"{FILE}-wal"):
                if (folder / file).exists():
                    shutil.copyfile(folder / file, copy / file)

    batch = rng.choice((1, 2, 5, 20, 1000))
    with patch.object(Database, "change", noted), patch.object(ledger, "BATCH", batch):
        yield taken
