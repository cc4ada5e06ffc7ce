"""One refusal to be read, with the observations around it."""

from __future__ import annotations

from probe.classify.context.companies import Company
from probe.classify.context.observations import EVERY_SOURCE, ExchangerObservations, Observations, RefusalPosition
from probe.classify.context.refusal import Refusal
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.series import RefusalRun, ReplySeries
from probe.classify.context.words import ReplyTopics, topics_in


class RefusalCase:
    """A recipient's first refusal in a campaign, or the delivery report that came back after an acceptance.

    Evidence functions take a case and return a weight in the direction of "the mailbox is alive", 0 if they have
    nothing to say.

    Attributes:
        refusal: What the refusal shows by itself.
        observations: What the sender observed in the whole campaign.
        exchanger: What the sender observed at the exchanger that answered.
        company: What the sender observed of the recipient's company.
        rank: How late the stage of the refusal is in the dialogue (see ``rank_of``).
        position: Where the refusal is among the exchanger's replies, None if it was not observed there.
        topics: What the text of the refusal mentions.
        series: The replies to the same source address that are of the same stage or later.
        overall: The same for all source addresses.
        run: The run of refusals that this one is part of, None without a position.
    """

    __slots__ = (
        "company",
        "exchanger",
        "observations",
        "overall",
        "position",
        "rank",
        "refusal",
        "run",
        "series",
        "topics",
    )

    def __init__(self, refusal: Refusal, observations: Observations) -> None:
        self.refusal = refusal
        self.observations = observations
        self.exchanger: ExchangerObservations = observations.at_exchanger(refusal.exchanger, refusal.vendor)
        self.company: Company = observations.companies.of(refusal.company)
        self.rank: int = rank_of(refusal.stage)
        self.position: RefusalPosition | None = self.exchanger.position_of(refusal, self.rank)
        self.topics: ReplyTopics = topics_in(refusal.pattern)
        self.series: ReplySeries = self.exchanger.series(refusal.source, self.rank)
        self.overall: ReplySeries = self.exchanger.series(EVERY_SOURCE, self.rank)
        self.run: RefusalRun | None = None if self.position is None else self.series.run(self.position.from_source)

    @property
    def is_isolated(self) -> bool:
        """Whether the replies before and after it, to the same source, were acceptances."""
        return self.run is not None and self.run.length == 1
