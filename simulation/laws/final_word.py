"""Law: every recipient gets a final word.

The last attempt at a recipient was delivered or refused, or the sender's schedule says that the next one would come too
late. In a world whose gateways find nothing wrong from some time on, nobody is still deferred one day later, except by
a full mailbox.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from fake_gateways.truth import Cause
from probe.records.attempt import Attempt, Failure, Outcome
from probe.scenario.sending import Retry, Waits
from simulation.laws.law import Law
from simulation.laws.left import Left, Run

DAY_S: Final = 86_400.0


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


def is_final(attempt: Attempt) -> bool:
    """Whether an attempt is the last of its delivery by its outcome alone (RFC 5321 section 4.2.1)."""
    if attempt.outcome == Outcome.FAILED:
        return attempt.failure in {Failure.NO_ROUTE, Failure.IN_DOUBT}
    return attempt.outcome in {Outcome.DELIVERED, Outcome.REFUSED}


def _gave_up(attempts: Sequence[Attempt], retry: Retry) -> bool:
    """Whether the next attempt would begin after the sender gives up."""
    last = attempts[-1]
    elapsed = last.at + last.duration_s - _begins(attempts).at
    waits = (retry.connection or retry,) if last.outcome == Outcome.FAILED else (retry, retry.rate or retry)
    return any(elapsed + _wait_s(each, last.number) >= each.give_up_after - 1e-3 for each in waits)


def _begins(attempts: Sequence[Attempt]) -> Attempt:
    """Return the first attempt of the last series. A retest begins one, in a later round than the refusal before it.

    In the same round, a refusal before MAIL only leads to another exchanger (RFC 5321 section 5.1).
    """
    later = (
        attempt
        for before, attempt in reversed([*pairwise(attempts)])
        if before.outcome == Outcome.REFUSED and attempt.number > before.number
    )
    return next(later, attempts[0])


def _wait_s(waits: Waits, number: int) -> float:
    """Return the wait after an attempt by its number, without tenacity."""
    wait = waits.first
    for _ in range(number - 1):
        if wait >= waits.longest or waits.factor == 1:
            break
        wait *= waits.factor
    return min(wait, waits.longest)


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


LAW = Law("final-word", "every recipient gets a final word, within a day after faults stop", _broken)
