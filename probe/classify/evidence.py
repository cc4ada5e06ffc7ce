"""What a classifier is shown of a recipient: what its sender heard and knows. The truth is no part of it, by type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from probe.records.attempt import Attempt, Outcome
from probe.records.returned import Returned, is_bounce


class Opened(NamedTuple):
    """A message was opened, or a link in it clicked, at a moment (seconds since the epoch)."""

    at: float
    kind: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sender knows of a recipient: its attempts in order, and what came home of the message afterwards.

    ``before`` are earlier campaigns to the same recipient, ``opened`` what it did with their messages by then.
    """

    recipient: str
    attempts: tuple[Attempt, ...]
    returned: tuple[Returned, ...] = ()
    before: tuple[Evidence, ...] = ()
    opened: tuple[Opened, ...] = ()

    @property
    def last(self) -> Attempt:
        """The attempt that ended it."""
        return self.attempts[-1]

    @property
    def report(self) -> Returned | None:
        """The last delivery report that says the message was given up, after it had been taken."""
        if not self.returned:
            return None  # as it is of nearly everybody
        return next((row for row in reversed(self.returned) if is_bounce(row)), None)

    @property
    def bounced(self) -> bool:
        """Whether mail did not arrive in the end, as far as the sender heard."""
        return self.last.outcome != Outcome.DELIVERED or self.report is not None

    @property
    def heard(self) -> tuple[int | None, str | None, str]:
        """Code, enhanced status and text of the word that decides: a report's, or else the last reply's."""
        report = self.report
        if report is not None and self.last.outcome == Outcome.DELIVERED:
            status = report.status
            code = report.code or (int(status[0]) * 100 + 50 if status else None)
            return code, status, report.text
        return self.last.code, self.last.enhanced, self.last.text
