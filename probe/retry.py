"""When to try again: tenacity's strategies, asked for the next moment instead of being left to sleep."""

from __future__ import annotations

from tenacity import RetryCallState, Retrying, stop_after_delay, wait_exponential

from probe.attempt import Outcome
from probe.scenario.model import Retry


class RetrySchedule:
    """Decides after each attempt. Deferrals and network failures are tried again, all else is final."""

    def __init__(self, retry: Retry) -> None:
        self._retrying = Retrying(
            wait=wait_exponential(multiplier=retry.first, exp_base=retry.factor, max=retry.longest),
            stop=stop_after_delay(retry.give_up_after),
        )

    def next_wait_s(self, outcome: str, number: int, elapsed_s: float) -> float | None:
        """Return the seconds to wait after attempt ``number`` (from 1), None to give up or be content.

        ``elapsed_s`` is the time since the first attempt began.
        """
        if outcome not in {Outcome.DEFERRED, Outcome.FAILED}:
            return None
        state = RetryCallState(self._retrying, fn=None, args=(), kwargs={})
        state.attempt_number = number
        state.start_time = 0.0
        state.outcome_timestamp = elapsed_s
        wait_s: float = self._retrying.wait(state)
        # stop_after_delay looks back; a retry that would begin after the end is no use to anybody.
        state.outcome_timestamp = elapsed_s + wait_s
        return None if self._retrying.stop(state) else wait_s
