"""The retry schedule. It asks tenacity's strategies for the next wait instead of letting them sleep."""

from __future__ import annotations

import re
from typing import Final

from tenacity import RetryCallState, Retrying, stop_after_delay, wait_exponential

from probe.records.attempt import Attempt, Failure, Outcome
from probe.scenario.sending import Retry, Waits

_MENTIONS_RATE: Final = re.compile(
    r"\brate\b|\btoo (?:many|much|fast)|throttl|slow down|volume|limit|frequen", re.IGNORECASE
)
_RATE_STATUSES: Final = {"4.7.28", "4.4.5", "4.5.3"}
"""Enhanced statuses of rate limits: mail flood (IANA registry), congestion and too many recipients (RFC 3463)."""


class RetrySchedule:
    """Decides after each attempt. Deferrals and network failures are retried; everything else is final."""

    def __init__(self, retry: Retry) -> None:
        self._deferral = _strategy(retry)
        self._connection = _strategy(retry.connection or retry)
        self._rate = _strategy(retry.rate or retry)

    def next_wait_s(self, attempt: Attempt, elapsed_s: float) -> float | None:
        """Return the seconds to wait before the next attempt.

        None if the delivery is final (delivered, refused or expired). ``elapsed_s`` is the time since the first attempt
        began.
        """
        if not is_retryable(attempt):
            return None
        strategy = self._strategy_for(attempt)
        state = RetryCallState(strategy, fn=None, args=(), kwargs={})
        state.attempt_number = attempt.number
        state.start_time = 0.0
        wait_s: float = strategy.wait(state)
        # stop_after_delay looks at the time so far; a retry must also begin before the end.
        state.outcome_timestamp = elapsed_s + wait_s
        return None if strategy.stop(state) else wait_s

    def _strategy_for(self, attempt: Attempt) -> Retrying:
        if attempt.outcome == Outcome.FAILED:
            return self._connection
        if attempt.enhanced in _RATE_STATUSES or _MENTIONS_RATE.search(attempt.text):
            return self._rate
        return self._deferral


def is_retryable(attempt: Attempt) -> bool:
    """Whether another attempt may have another outcome. A domain without a mail route, such as null MX, is final."""
    if attempt.outcome == Outcome.FAILED:
        return attempt.failure not in {Failure.NO_ROUTE, Failure.IN_DOUBT}
    return attempt.outcome == Outcome.DEFERRED


def _strategy(waits: Waits) -> Retrying:
    return Retrying(
        wait=wait_exponential(multiplier=waits.first, exp_base=waits.factor, max=waits.longest),
        stop=stop_after_delay(waits.give_up_after),
    )
