"""One refusal to be read, with the observations around it."""

from __future__ import annotations

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.observations import EVERY_SOURCE, ExchangerObservations, Observations, RefusalPosition
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.series import RefusalRun, ReplySeries
from probe.classify.context.words import ReplyTopics, pattern_of, topics_in
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome


class RefusalCase:
    """A recipient's first refusal in a campaign, or the delivery report that came back after an acceptance.

    Evidence functions take a case and return a weight in the direction of "the mailbox is alive", 0 if they have
    nothing to say.

    Attributes:
        evidence: What the sender knows about the recipient.
        attempt: The refused attempt; for a report, the attempt that was accepted.
        observations: What the sender observed in the whole campaign.
        is_reported: Whether the refusal came in a delivery report, after an acceptance.
        exchanger: What the sender observed at the exchanger that answered.
        stage: The stage of the dialogue at which the refusal came.
        rank: How late that stage is in the dialogue (see ``rank_of``).
        position: Where the refusal is among the exchanger's replies, None for a report.
        topics: What the text of the refusal mentions.
        series: The replies to the same source address that are of the same stage or later.
        overall: The same for all source addresses.
        run: The run of refusals that this one is part of, None for a report.
    """

    __slots__ = (
        "attempt", "evidence", "exchanger", "is_reported", "observations", "overall", "position", "rank", "run",
        "series", "stage", "topics",
    )  # fmt: skip

    def __init__(self, evidence: Evidence, attempt: Attempt, observations: Observations) -> None:
        self.evidence = evidence
        self.attempt = attempt
        self.observations = observations
        self.is_reported = attempt.outcome == Outcome.DELIVERED
        self.exchanger: ExchangerObservations = observations.exchanger_of(attempt)
        self.stage: str = Stage.REPORT if self.is_reported else attempt.stage
        self.rank: int = rank_of(self.stage)
        self.position: RefusalPosition | None = None if self.is_reported else self.exchanger.position_of(attempt)
        text = evidence.heard[2] if self.is_reported else attempt.text
        self.topics: ReplyTopics = (
            self.position.topics if self.position else topics_in(pattern_of(text, attempt.recipient))
        )
        self.series: ReplySeries = self.exchanger.series(attempt.local_address, self.rank)
        self.overall: ReplySeries = self.exchanger.series(EVERY_SOURCE, self.rank)
        self.run: RefusalRun | None = None if self.position is None else self.series.run(self.position.from_source)

    @property
    def is_isolated(self) -> bool:
        """Whether the replies before and after it, to the same source, were acceptances. True for a report."""
        return self.is_reported or (self.run is not None and self.run.length == 1)
