"""The same judgement during the campaign, updated attempt by attempt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from probe.classify.context.arrivals import gather
from probe.classify.context.observations import Observations
from probe.classify.context.reader import Reader
from probe.classify.context.refusal import exchanger_of
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.retests import is_retest
from probe.classify.context.series import ReplySeries
from probe.classify.context.weights import Weights, shipped
from probe.classify.evidence import Evidence, Opened
from probe.classify.reading import Reading
from probe.records.attempt import Attempt
from probe.records.returned import Returned

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
        self._returned: dict[str, list[Returned]] = {}
        self._with_reports: Observations | None = None
        """What was observed, with reports as refusals; None without reports, or until somebody asks."""

    def observe(self, attempt: Attempt) -> None:
        """Add an attempt. Attempts at one exchanger must come in the order in which they began."""
        earlier = self._attempts.setdefault(attempt.recipient, [])
        is_test = is_retest(attempt, earlier)
        self._observations.observe(attempt, retest=is_test)
        if not is_test:
            self._with_reports = None
        earlier.append(attempt)

    def hear(self, returned: Returned) -> None:
        """Add mail that came back to a recipient with an attempt."""
        self._returned.setdefault(returned.recipient.lower(), []).append(returned)
        self._with_reports = None

    @property
    def recipients(self) -> Iterable[str]:
        """Every recipient with an attempt so far."""
        return self._attempts

    def refusals_in_a_row(self, attempt: Attempt) -> int:
        """Return how many consecutive refusals, to the same source at the same exchanger, a refusal ends."""
        series = self._series(attempt, attempt.local_address)
        refused, _ = series.count(len(series) - 1, len(series))
        return series.run(len(series) - 1).length if refused else 0

    def recent_acceptance_share(self, recipient: str, source: str) -> float:
        """Return the recent share of acceptances to a source where a recipient was last tried; 1/2 without replies."""
        last = self._attempts[recipient][-1]
        series = self._series(last, source)
        refused, replies = series.count(len(series) - _RECENT, len(series))
        return (replies - refused + 1) / (replies + 2)

    def evidence(self, recipient: str) -> Evidence:
        """Return what is known of a recipient so far; raises KeyError for one without an attempt."""
        return Evidence(
            recipient,
            tuple(self._attempts[recipient]),
            tuple(self._returned.get(recipient.lower(), ())),
            before=self._before.get(recipient, ()),
            opened=self._opened.get(recipient, ()),
        )

    def reading(self, recipient: str) -> Reading:
        """Return the reading of one recipient so far."""
        return Reader(self._observed(), self._weights).classify(self.evidence(recipient))

    def readings(self) -> dict[str, Reading]:
        """Return the readings of all recipients, including what the retests have shown."""
        campaign = {recipient: self.evidence(recipient) for recipient in self._attempts}
        reader = Reader(self._observed().with_evidence(campaign.values()), self._weights)
        return {recipient: reader.classify(evidence) for recipient, evidence in campaign.items()}

    def _observed(self) -> Observations:
        """Return what was observed. A report comes after others were sent, so that all is brought in order again."""
        if not self._returned:
            return self._observations
        if self._with_reports is None:
            gathered = gather(self.evidence(recipient) for recipient in self._attempts)
            self._with_reports = self._observations.with_replies_of(gathered)
        return self._with_reports

    def _series(self, attempt: Attempt, source: str) -> ReplySeries:
        """Return the replies to a source at an attempt's exchanger that reached the stage of the attempt."""
        exchanger = self._observations.at_exchanger(exchanger_of(attempt), "")
        return exchanger.series(source, rank_of(attempt.stage))
