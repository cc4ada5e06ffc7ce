"""One refusal to be read, with everything around it."""

from __future__ import annotations

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.observations import EVERY_SOURCE, Place, Seat, Surroundings
from probe.classify.context.replies_by_stage import rank_of
from probe.classify.context.series import Run, Series
from probe.classify.context.words import Words, pattern_of, read
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt, Outcome


class Case:
    """A recipient's first refusal of a campaign, or the report that came home after an acceptance.

    ``attempt`` is where it was heard. Evidence functions look at a case and return a weight in the direction of "the
    mailbox is alive", 0 where they have nothing to say. ``place`` is the exchanger that spoke; ``seat`` is where the
    refusal stands among its words, None for a report; ``series`` are the words to the same source, ``overall`` those to
    all, as far as they came to the same ``stage``, whose ``rank`` says how far that is; ``run`` is the run of refusals
    it stands in.
    """

    __slots__ = (
        "around", "attempt", "evidence", "is_reported", "overall", "place", "rank", "run", "seat", "series", "stage",
        "words",
    )  # fmt: skip

    def __init__(self, evidence: Evidence, attempt: Attempt, around: Surroundings) -> None:
        self.evidence = evidence
        self.attempt = attempt
        self.around = around
        self.is_reported = attempt.outcome == Outcome.DELIVERED
        self.place: Place = around.place_of(attempt)
        self.stage: str = Stage.REPORT if self.is_reported else attempt.stage
        self.rank: int = rank_of(self.stage)
        self.seat: Seat | None = None if self.is_reported else self.place.seat_of(attempt)
        text = evidence.heard[2] if self.is_reported else attempt.text
        self.words: Words = self.seat.words if self.seat else read(pattern_of(text, attempt.recipient))
        self.series: Series = self.place.series(attempt.local_address, self.rank)
        self.overall: Series = self.place.series(EVERY_SOURCE, self.rank)
        self.run: Run | None = None if self.seat is None else self.series.run(self.seat.from_source)

    @property
    def is_alone(self) -> bool:
        """Whether the words before and after it, to the same source, were acceptances, or it came home by itself."""
        return self.is_reported or (self.run is not None and self.run.length == 1)
