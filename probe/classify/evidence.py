"""What a classifier gets about a recipient: what the sender knows. These types cannot hold the true cause."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite
from typing import NamedTuple

from fake_gateways.truth import Cause
from probe.records.attempt import Attempt, Outcome
from probe.records.returned import Returned, is_bounce


class Opened(NamedTuple):
    """A message was opened, or a link in it was clicked. ``at`` is in seconds since the epoch."""

    at: float
    kind: str
    message_id: str


class Diagnosed(NamedTuple):
    """What experiments have shown about a refused recipient (``fivefifty diagnose RUN --doubtful``).

    Attributes:
        causes: The probability of each cause, the likeliest first.
        alive: The probability that the mailbox is alive. It includes what ``context`` made of all other evidence.
        asked: Whether the recipient itself was asked about. If not, another one was that the same gateway had refused
            in the same words.
        at: The time of the last experiment, in seconds since the epoch.
    """

    causes: Mapping[Cause, float]
    alive: float
    asked: bool
    at: float


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a sender knows about one recipient of one campaign.

    Attributes:
        recipient: The address.
        attempts: The delivery attempts of this campaign, in order; at least one.
        returned: Mail that came back for this campaign, such as delivery reports.
        before: The evidence of earlier campaigns to the same recipient, in order of time.
        opened: Messages of earlier campaigns that were opened or clicked by then.
        diagnosis: What experiments have shown about the refusal, None without any.
    """

    recipient: str
    attempts: tuple[Attempt, ...]
    returned: tuple[Returned, ...] = ()
    before: tuple[Evidence, ...] = ()
    opened: tuple[Opened, ...] = ()
    diagnosis: Diagnosed | None = None

    @property
    def last(self) -> Attempt:
        """The last attempt."""
        return self.attempts[-1]

    @property
    def report(self) -> Returned | None:
        """The last delivery report that says the last message was not delivered, None if there is none."""
        return self.report_on(len(self.attempts) - 1)

    def report_on(self, index: int) -> Returned | None:
        """Return the last report that the message of an attempt was not delivered, None if there is none.

        A report that came before an attempt is about an earlier one, if one was accepted.
        """
        if not self.returned:
            return None  # the usual case, for speed
        began = [each.at if isfinite(each.at) else None for each in self.attempts[index : index + 2]]
        is_second = any(each.outcome == Outcome.DELIVERED for each in self.attempts[:index])
        since = began[0] if is_second and began[0] is not None else -inf
        until = began[1] if len(began) > 1 and began[1] is not None else inf
        return next((row for row in reversed(self.returned) if is_bounce(row) and since <= row.at <= until), None)

    @property
    def bounced(self) -> bool:
        """Whether the mail was not delivered, as far as the sender knows."""
        return self.last.outcome != Outcome.DELIVERED or self.report is not None

    @property
    def heard(self) -> tuple[int | None, str | None, str]:
        """Code, enhanced status and text that decide: those of the delivery report, or else of the last reply."""
        return self.heard_at(len(self.attempts) - 1)

    def heard_at(self, index: int) -> tuple[int | None, str | None, str]:
        """Return code, enhanced status and text that an attempt came to: of the report about it, or of its reply."""
        attempt = self.attempts[index]
        report = self.report_on(index) if attempt.outcome == Outcome.DELIVERED else None
        if report is None:
            return attempt.code, attempt.enhanced, attempt.text
        code = report.code or (int(report.status[0]) * 100 + 50 if report.status else None)
        return code, report.status, report.text
