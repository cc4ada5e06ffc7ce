"""What the runs of a world left behind: all rows of their books, their scorecards, and the pages made of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.judge.join import Joined, ProbedDecisions, join
from probe.judge.result import SCORECARD, JudgedRun
from probe.judge.story import Key
from probe.ledger import FILE, Ledger
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Classification, Diagnosis, KnownGateway, Mailbox, Planned, Probe
from probe.scenario.load import Loaded
from simulation.laws.snapshot import LOG, Snapshot
from simulation.worlds.world import World


class Books(NamedTuple):
    """All rows of the books of a run, each kind in its order."""

    attempts: list[Attempt]
    truths: list[Truth]
    reports: list[DeliveryReport]
    returned: list[Returned]
    engagements: list[Engagement]
    mailboxes: list[Mailbox]
    planned: list[Planned]
    readings: list[Classification]
    gateways: list[KnownGateway]
    probes: list[Probe]
    diagnoses: list[Diagnosis]
    dialogues: dict[tuple[str, int], str]
    digest: str

    @classmethod
    def read(cls, folder: Path) -> Books:
        """Read the books in a folder."""
        with Ledger.open(folder) as ledger:
            attempts = list(ledger.attempts())
            return cls(
                attempts,
                list(ledger.truths()),
                list(ledger.reports()),
                list(ledger.returned()),
                list(ledger.engagements()),
                list(ledger.mailboxes()),
                sorted(ledger.planned()),
                sorted(ledger.classifications(), key=lambda row: (row.classifier, row.campaign, row.recipient)),
                list(ledger.gateways()),
                [row for lane in ledger.lanes() for row in lane.probes()],
                [row for lane in ledger.lanes() for row in lane.diagnoses()],
                ledger.dialogues((row.lane, row.seq) for row in attempts),
                ledger.digest(),
            )


@dataclass
class Run:
    """One run of a world: its folder, and how it ended.

    ``result`` is None if it ended with an ``error``, or in a process of its own. The books are read when they are first
    looked at.
    """

    name: str
    folder: Path
    result: JudgedRun | None = None
    error: BaseException | None = None

    @cached_property
    def books(self) -> Books:
        """All rows of its books."""
        return Books.read(self.folder)

    @cached_property
    def joined(self) -> Joined:
        """Its attempts in order, each with the decision on it. The judge joins all gateways of a lane together."""
        books = self.books
        truths = list(ProbedDecisions(books.probes).others(iter(books.truths)))
        address_of = {row.name: row.address for row in books.gateways}
        whole = Joined()
        for address in sorted({row.mx_address for row in books.attempts} | {*address_of.values()}):
            part = join(
                (row for row in truths if address_of[row.gateway] == address),
                (row for row in books.attempts if row.mx_address == address),
            )
            whole.pairs += part.pairs
            whole.orphaned_attempts += part.orphaned_attempts
            whole.orphaned_truths += part.orphaned_truths
        whole.pairs.sort(key=lambda pair: (pair[0].lane, pair[0].seq))
        return whole

    @cached_property
    def attempts_by_key(self) -> dict[Key, list[Attempt]]:
        """The attempts at each recipient of each campaign, in order."""
        found: dict[Key, list[Attempt]] = {}
        for attempt in self.books.attempts:
            found.setdefault((attempt.campaign, attempt.recipient), []).append(attempt)
        return found

    @property
    def ended(self) -> bool:
        """Whether it was judged."""
        return self.error is None and (self.folder / SCORECARD).exists()

    @property
    def card(self) -> dict[str, Any]:
        """The scorecard, as it is written."""
        found: dict[str, Any] = json.loads((self.folder / SCORECARD).read_text("utf-8"))
        return found

    @property
    def log(self) -> Path:
        """The file of ``--log``."""
        return self.folder.with_suffix(LOG)

    @property
    def has_books(self) -> bool:
        """Whether there are any books to look at."""
        return (self.folder / FILE).exists()


@dataclass
class Left:
    """What is held against the laws: the same world, run in several ways.

    All of ``runs`` should have left the same books; the first is the one in memory. ``cut`` is the commit after which
    the last of them was cut off and resumed. ``honest`` is a run of the world without lies, ``healed`` of one whose
    gateways find nothing wrong from ``healed_at`` on (seconds since the epoch). ``reports`` are pages and files, by
    name, made of books in which strangers say hostile words.
    """

    world: World
    loaded: Loaded
    runs: list[Run]
    cut: Snapshot = field(default_factory=Snapshot)
    honest: Run | None = None
    healed: Run | None = None
    healed_at: float = 0.0
    reports: Mapping[str, str] = field(default_factory=dict)

    @property
    def first(self) -> Run:
        """The run in memory."""
        return self.runs[0]

    @property
    def all_runs(self) -> Iterator[Run]:
        """Every run, also those of changed worlds."""
        yield from self.runs
        yield from (run for run in (self.honest, self.healed) if run is not None)
