"""One refusal to be read, with everything around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from fake_gateways.envelope import Stage
from probe.attempt import Attempt, Outcome
from probe.classify.by_code import ByCode
from probe.classify.context.series import Run, Series
from probe.classify.context.surroundings import Place, Seat, Surroundings
from probe.classify.context.words import Words, pattern_of, read
from probe.classify.evidence import Evidence

_CODE = ByCode()


@dataclass(frozen=True)
class Case:
    """A recipient's first refusal of a campaign, or the report that came home after an acceptance.

    ``attempt`` is where it was heard. Evidence functions look at a case and return a weight in the direction of "the
    mailbox is alive", 0 where they have nothing to say.
    """

    evidence: Evidence
    attempt: Attempt
    around: Surroundings

    @cached_property
    def place(self) -> Place:
        """The exchanger that spoke."""
        return self.around.place_of(self.attempt)

    @cached_property
    def seat(self) -> Seat | None:
        """Where the refusal stands among the words of its place; a report stands nowhere."""
        return None if self.is_reported else self.place.seats.get(self.attempt.recipient)

    @cached_property
    def series(self) -> Series:
        """The words of the place to the address it was sent from."""
        return self.place.by_source.get(self.attempt.local_address) or Series()

    @cached_property
    def run(self) -> Run | None:
        """The run of refusals from one address that it stands in."""
        return None if self.seat is None else self.series.run(self.seat.from_source)

    @cached_property
    def words(self) -> Words:
        """What its words speak of."""
        text = self.evidence.heard[2] if self.is_reported else self.attempt.text
        return read(pattern_of(text, self.attempt.recipient))

    @property
    def is_reported(self) -> bool:
        """Whether the mail was taken at first, and a report came home."""
        return self.attempt.outcome == Outcome.DELIVERED

    @property
    def stage(self) -> str:
        """Where in the dialogue it was heard."""
        return Stage.REPORT if self.is_reported else self.attempt.stage
