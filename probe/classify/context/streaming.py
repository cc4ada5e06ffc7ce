"""The same judgement during the campaign, updated attempt by attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from probe.classify.context.observations import Observations
from probe.classify.context.reader import Reader
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.retests import is_retest
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence, Opened
from probe.classify.reading import Reading
from probe.records.attempt import Attempt

_RECENT: Final = 20
"""The number of last replies that show how a source address is treated."""


class Streaming:
    """Reads one campaign attempt by attempt. ``before`` and ``opened`` are what is known from earlier campaigns.

    With ``pooled`` off it does not compare exchangers, like a sender that knows only one of them.
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
        self._observations = Observations(pooled=pooled)
        self._attempts: dict[str, list[Attempt]] = {}

    def observe(self, attempt: Attempt) -> None:
        """Add an attempt. Attempts at one exchanger must come in the order in which they began."""
        earlier = self._attempts.setdefault(attempt.recipient, [])
        self._observations.observe(attempt, retest=is_retest(attempt, earlier))
        earlier.append(attempt)

    @property
    def recipients(self) -> Iterable[str]:
        """Every recipient with an attempt so far."""
        return self._attempts

    def refusals_in_a_row(self, attempt: Attempt) -> int:
        """Return how many consecutive refusals, to the same source at the same exchanger, a refusal ends."""
        series = self._observations.exchanger_of(attempt).series(attempt.local_address, rank_of(attempt.stage))
        if not series.times:
            return 0
        return len(series.times) - 1 - (series.accepted[-1] if series.accepted else -1)

    def recent_acceptance_share(self, recipient: str, source: str) -> float:
        """Return the recent share of acceptances to a source where a recipient was last tried; 1/2 without replies."""
        last = self._attempts[recipient][-1]
        series = self._observations.exchanger_of(last).series(source, rank_of(last.stage))
        refused, replies = series.count(len(series.times) - _RECENT, len(series.times))
        return (replies - refused + 1) / (replies + 2)

    def evidence(self, recipient: str) -> Evidence:
        """Return what is known of a recipient so far; raises KeyError for one without an attempt."""
        return Evidence(
            recipient,
            tuple(self._attempts[recipient]),
            before=self._before.get(recipient, ()),
            opened=self._opened.get(recipient, ()),
        )

    def reading(self, recipient: str) -> Reading:
        """Return the reading of one recipient so far."""
        return Reader(self._observations, self._weights).read(self.evidence(recipient))

    def readings(self) -> dict[str, Reading]:
        """Return the readings of all recipients, including what the retests have shown."""
        campaign = {recipient: self.evidence(recipient) for recipient in self._attempts}
        reader = Reader(self._observations, self._weights)
        reader.prepare(campaign.values())
        found = {recipient: reader.read(evidence) for recipient, evidence in campaign.items()}
        reader.forget()
        return found
