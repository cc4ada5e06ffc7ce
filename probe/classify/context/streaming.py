"""The same judgement while the campaign runs: fed attempt by attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from probe.classify.context.observations import Surroundings
from probe.classify.context.reader import Reader
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.retests import is_test
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence, Opened
from probe.classify.reading import Reading
from probe.records.attempt import Attempt
from probe.returned_mail.returned import Returned, is_bounce

_LATELY: Final = 20
"""Words that count for how an address fares."""


class Streaming:
    """Hears one campaign's attempts as they are made. ``before`` and ``opened`` are what is known from earlier ones.

    With ``pooled`` off it does not look across exchangers, as a sender that knows only one of them.
    """

    def __init__(
        self,
        before: Mapping[str, tuple[Evidence, ...]] | None = None,
        opened: Mapping[str, tuple[Opened, ...]] | None = None,
        *,
        pooled: bool = True,
        weights: Weights | None = None,
    ) -> None:
        self._before = before or {}
        self._opened = opened or {}
        self._weights = weights or shipped()
        self._around = Surroundings(pooled=pooled)
        self._attempts: dict[str, list[Attempt]] = {}
        self._spelled: dict[str, str] = {}
        self._returned: dict[str, list[Returned]] = {}

    def hear(self, attempt: Attempt) -> None:
        """Take note of an attempt; those at one exchanger come in the order in which they began."""
        earlier = self._attempts.setdefault(attempt.recipient, [])
        self._spelled.setdefault(attempt.recipient.lower(), attempt.recipient)
        self._around.hear(attempt, again=is_test(attempt, earlier))
        earlier.append(attempt)

    @property
    def recipients(self) -> Iterable[str]:
        """Everybody who was tried."""
        return self._attempts

    def in_a_row(self, attempt: Attempt) -> int:
        """Return how many refusals in a row a refusal ends, to the same address at the same exchanger."""
        series = self._around.place_of(attempt).series(attempt.local_address, rank_of(attempt.stage))
        if not series.times:
            return 0
        return len(series.times) - 1 - (series.accepted[-1] if series.accepted else -1)

    def taken_lately(self, recipient: str, source: str) -> float:
        """Return the share of acceptances to an address where a recipient was last tried; 1/2 where none is known."""
        last = self._attempts[recipient][-1]
        series = self._around.place_of(last).series(source, rank_of(last.stage))
        refused, words = series.count(len(series.times) - _LATELY, len(series.times))
        return (words - refused + 1) / (words + 2)

    def hear_returned(self, row: Returned) -> None:
        """Take note of what came home."""
        rows = self._returned.setdefault(row.recipient.lower(), [])
        attempts = self._attempts.get(self._spelled.get(row.recipient.lower(), ""))
        if attempts and is_bounce(row) and not any(map(is_bounce, rows)):
            self._around.hear_report(attempts[-1])
        rows.append(row)

    def evidence(self, recipient: str) -> Evidence:
        """Return what is known of a recipient by now; raises KeyError for a stranger."""
        return Evidence(
            recipient,
            tuple(self._attempts[recipient]),
            tuple(self._returned.get(recipient.lower(), ())),
            self._before.get(recipient, ()),
            self._opened.get(recipient, ()),
        )

    def reading(self, recipient: str) -> Reading:
        """Return the reading of one recipient by now."""
        return Reader(self._around, self._weights).read(self.evidence(recipient))

    def readings(self) -> dict[str, Reading]:
        """Return the reading of everybody, what came of further tests included."""
        everybody = {recipient: self.evidence(recipient) for recipient in self._attempts}
        reader = Reader(self._around, self._weights)
        reader.prepare(everybody.values())
        found = {recipient: reader.read(evidence) for recipient, evidence in everybody.items()}
        reader.forget()
        return found
