"""When to try again: tenacity's strategies, asked for the next moment instead of being left to sleep."""

from __future__ import annotations

import re
from typing import Final

from tenacity import RetryCallState, Retrying, stop_after_delay, wait_exponential

from probe.records.attempt import Attempt, Failure, Outcome
from probe.scenario.sending import Retry, Waits

_SPEAKS_OF_SPEED: Final = re.compile(
    r"\brate\b|\btoo (?:many|much|fast)|throttl|slow down|volume|limit|frequen", re.IGNORECASE
)
_SPEED: Final = {"4.7.28", "4.4.5", "4.5.3"}
"""Enhanced statuses of limits: unsolicited mail too fast (RFC 7372's registry), congestion, too many recipients."""


class RetrySchedule:
    """Decides after each attempt. Deferrals and network failures are tried again, all else is final."""

    def __init__(self, retry: Retry) -> None:
        self._deferral = _strategy(retry)
        self._connection = _strategy(retry.connection or retry)
        self._rate = _strategy(retry.rate or retry)

    def next_wait_s(self, attempt: Attempt, elapsed_s: float) -> float | None:
        """Return the seconds to wait after an attempt, None to give up or be content.

        ``elapsed_s`` is the time since the first attempt began.
        """
        if not may_be_tried_again(attempt):
            return None
        strategy = self._strategy_for(attempt)
        state = RetryCallState(strategy, fn=None, args=(), kwargs={})
        state.attempt_number = attempt.number
        state.start_time = 0.0
        state.outcome_timestamp = elapsed_s
        wait_s: float = strategy.wait(state)
        # stop_after_delay looks back; a retry that would begin after the end is no use to anybody.
        state.outcome_timestamp = elapsed_s + wait_s
        return None if strategy.stop(state) else wait_s

    def _strategy_for(self, attempt: Attempt) -> Retrying:
        if attempt.outcome == Outcome.FAILED:
            return self._connection
        if attempt.enhanced in _SPEED or _SPEAKS_OF_SPEED.search(attempt.text):
            return self._rate
        return self._deferral


def may_be_tried_again(attempt: Attempt) -> bool:
    """Whether an attempt's outcome may be another one next time; a domain that says it takes no mail means it."""
    if attempt.outcome == Outcome.FAILED:
        return attempt.failure not in {Failure.NO_ROUTE, Failure.IN_DOUBT}
    return attempt.outcome == Outcome.DEFERRED


def _strategy(waits: Waits) -> Retrying:
    return Retrying(
        wait=wait_exponential(multiplier=waits.first, exp_base=waits.factor, max=waits.longest),
        stop=stop_after_delay(waits.give_up_after),
    )
