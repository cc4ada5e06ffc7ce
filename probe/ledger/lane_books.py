"""The books of one lane, read as streams: nothing as long as the lane is held in memory."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import Final

from fake_gateways.people.readers import Engagement
from fake_gateways.reports.delivery_report import DeliveryReport
from fake_gateways.truth import Truth
from probe.ledger.database import Database
from probe.records.attempt import Attempt
from probe.records.returned import Returned
from probe.records.rows import Classification, Diagnosis, Mailbox, Probe

_TIMES_REPEATED: Final = (
    "SELECT lower(recipient), count(*) FROM attempt WHERE lane = ? GROUP BY lower(recipient) HAVING count(*) > 1"
)
_ATTEMPTS: Final = f"SELECT '', {', '.join(Attempt._fields[1:])} FROM attempt WHERE lane = ? ORDER BY seq"  # noqa: S608


class LaneBooks:
    """The rows of one lane, in the order in which they were written.

    Each method begins a new stream; several may be read in turns.
    """

    def __init__(self, database: Database, name: str, gateways: Sequence[str]) -> None:
        self.name = name
        self.gateways = tuple(gateways)
        self._read = database.read

    def attempts(self) -> Iterator[Attempt]:
        """Yield the attempts, without the lane: it has the name of a gateway, which might help a classifier."""
        return self._read(Attempt._make, _ATTEMPTS, self.name)

    def truths_of(self, gateway: str) -> Iterator[Truth]:
        """Yield the decisions of one gateway."""
        return self._read(Truth._make, "SELECT * FROM truth WHERE gateway = ? ORDER BY seq", gateway)

    def returned(self) -> Iterator[Returned]:
        """Yield the mail that came back."""
        return self._read(Returned._make, "SELECT * FROM returned WHERE lane = ? ORDER BY seq", self.name)

    def reports_of(self, gateway: str) -> Iterator[DeliveryReport]:
        """Yield the delivery reports of one gateway."""
        return self._read(DeliveryReport._make, "SELECT * FROM report WHERE gateway = ? ORDER BY seq", gateway)

    def engagements_of(self, gateway: str) -> Iterator[Engagement]:
        """Yield opens and clicks of one gateway's mail."""
        return self._read(Engagement._make, "SELECT * FROM engagement WHERE gateway = ? ORDER BY seq", gateway)

    def mailboxes(self) -> Iterator[Mailbox]:
        """Yield the mailboxes, by gateway. They share their texts, because a judge holds those of a lane in memory."""
        query = "SELECT address, state, left_at FROM mailbox WHERE gateway = ? ORDER BY rowid"
        return (
            Mailbox(address, gateway, sys.intern(state), left_at)
            for gateway in sorted(self.gateways)
            for address, state, left_at in self._read(tuple, query, gateway)
        )

    def mailbox(self, address: str) -> Mailbox | None:
        """Return the mailbox of an address in lower case, whatever its gateway; None if no directory has it."""
        return next(self._read(Mailbox._make, "SELECT * FROM mailbox WHERE address = ?", address), None)

    def readings(self, classifier: str) -> Iterator[Classification]:
        """Yield a classifier's readings."""
        query = "SELECT * FROM classification WHERE classifier = ? AND lane = ? ORDER BY rowid"
        return self._read(Classification._make, query, classifier, self.name)

    def diagnoses(self) -> Iterator[Diagnosis]:
        """Yield the diagnoses."""
        return self._read(Diagnosis._make, "SELECT * FROM diagnosis WHERE lane = ? ORDER BY rowid", self.name)

    def probes(self) -> Iterator[Probe]:
        """Yield the experiments."""
        return self._read(Probe._make, "SELECT * FROM probe WHERE lane = ? ORDER BY seq", self.name)

    def repeated(self) -> Iterator[tuple[str, int]]:
        """Yield each recipient, in lower case, that has more than one attempt in all campaigns, and their number."""
        return self._read(tuple, _TIMES_REPEATED, self.name)
