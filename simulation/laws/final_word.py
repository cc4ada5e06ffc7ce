"""Law: every recipient gets a final word.

The last attempt at a recipient was delivered or refused, or the sender's schedule says that the next one would come too
late. In a world whose gateways find nothing wrong from some time on, nobody is still deferred one day later, except by
a full mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fake_gateways.truth import Cause
from probe.records.attempt import Attempt
from probe.scenario.sending import Retry
from simulation.laws.law import Law
from simulation.laws.left import Left, Run
from simulation.laws.schedule import is_final, next_times, series

DAY_S: Final = 86_400.0
_SLACK_S: Final = 1e-3


def _broken(left: Left) -> Iterator[str]:
    retry = left.loaded.scenario.sender.retry
    for run in (*left.runs, left.honest):
        if run is not None and run.ended:
            yield from (f"{run.name}: {what}" for what in _without(run, retry))
    if left.healed is not None and left.healed.ended:
        yield from _still_deferred(left, left.healed)


def _without(run: Run, retry: Retry) -> Iterator[str]:
    """Yield the recipients without a final word."""
    for row in run.books.planned:
        attempts = run.attempts_by_key.get((row.campaign, row.recipient), [])
        who = f"{row.recipient} in {row.campaign}"
        if not attempts:
            yield f"nothing was sent to {who}"
        elif not (is_final(attempts[-1]) or _gave_up(attempts, retry)):
            yield f"the sender did not try again for {who}: {attempts[-1]}"


def _gave_up(attempts: Sequence[Attempt], retry: Retry) -> bool:
    """Whether the next attempt would begin after the sender gives up."""
    *_, latest = series(attempts)
    return any(at >= ends - _SLACK_S for at, ends in next_times(latest[0], latest[-1], retry))


def _still_deferred(left: Left, run: Run) -> Iterator[str]:
    """Yield who has no final word a day after all faults stopped, or after the delivery was due if that is later."""
    cause = {id(attempt): truth.cause for attempt, truth in run.joined.pairs if truth is not None}
    for row in run.books.planned:
        attempts = run.attempts_by_key.get((row.campaign, row.recipient), [])
        if not attempts or cause.get(id(attempts[-1])) == Cause.MAILBOX_FULL:
            continue
        # A retest comes long after the final word.
        last = next((each for each in attempts if is_final(each)), None)
        if last is None or last.at > max(left.healed_at, row.at) + DAY_S:
            yield f"{run.name}: {row.recipient} in {row.campaign} has no final word in time: {attempts[-1]}"


LAW = Law("final-word", _broken)
