"""What a classifier is shown, and what it may answer. The truth is no part of either, by type."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, Protocol

from fake_gateways.truth import Cause, Remedy
from probe.attempt import Attempt, Failure, Outcome
from probe.coming_home import Returned, is_bounce


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


@dataclass(frozen=True, slots=True)
class Reading:
    """A classifier's word: the cause it sees (None: no bounce, or no idea), how sure it is, and why."""

    cause: Cause | None
    confidence: float = 1.0
    reason: str = ""

    @property
    def suppress(self) -> bool:
        """Whether the address should never be mailed again."""
        return self.cause is not None and self.cause.remedy is Remedy.SUPPRESS


class Classifier(Protocol):
    """Reads one recipient's evidence."""

    def classify(self, evidence: Evidence) -> Reading:
        """Say what happened."""
        ...


def without_refusal(evidence: Evidence) -> Reading | None:
    """Return the reading where there is no refusal to be read: delivered, no reply at all, or a temporary one."""
    if not evidence.bounced:
        return Reading(None, reason="delivered")
    code, _, _ = evidence.heard
    if code is None and evidence.report is None:
        failure = evidence.last.failure
        cause = Cause.BAD_DOMAIN if failure == Failure.NO_ROUTE else Cause.NETWORK
        return Reading(cause, reason=f"no reply: {failure}")
    if code is not None and code < 500:
        return Reading(Cause.SYSTEM, reason=f"{code} is temporary")
    return None
