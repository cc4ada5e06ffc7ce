"""Copies the books at a commit: what a run that is killed at that moment would leave."""

from __future__ import annotations

import random
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

from probe import ledger
from probe.ledger import FILE
from probe.ledger.database import Database

LOG: Final = ".jsonl"
"""The file of ``--log`` is beside the folder of a run."""


@dataclass
class Snapshot:
    """The moment of the copy: after the commit of this number, of ``commits``. 0: there is no copy."""

    number: int = 0
    commits: int = 0


@contextmanager
def snapshot(folder: Path, copy: Path, rng: random.Random) -> Iterator[Snapshot]:
    """Copy the books that are written into a folder meanwhile, as they are after one commit; each is equally likely.

    The database, its write-ahead log and the file of ``--log`` are copied, as a dead process leaves them. Rows are
    committed in batches of a size that is drawn as well.
    """
    taken = Snapshot()
    log, log_copy = folder.with_suffix(LOG), copy.with_suffix(LOG)
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
            if log.exists():
                shutil.copyfile(log, log_copy)

    batch = rng.choice((1, 2, 5, 20, 1000))
    with patch.object(Database, "change", noted), patch.object(ledger, "BATCH", batch):
        yield taken
    if log_copy.exists():
        # The books know the log by its path.
        with closing(sqlite3.connect(copy / FILE)) as books, books:
            names = str(log.resolve()), str(log_copy.resolve())
            books.execute("UPDATE note SET value = replace(value, ?, ?) WHERE key = 'log'", names)
