"""How a sender waits and gives up, by what the scenario says: counted without the sender's own code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from probe.records.attempt import Attempt, Failure, Outcome
from probe.scenario.sending import Retry, Waits


def is_final(attempt: Attempt) -> bool:
    """Whether an attempt is the last of its delivery by its outcome alone (RFC 5321 section 4.2.1)."""
    if attempt.outcome == Outcome.FAILED:
        return attempt.failure in {Failure.NO_ROUTE, Failure.IN_DOUBT}
    return attempt.outcome in {Outcome.DELIVERED, Outcome.REFUSED}


def series(attempts: Sequence[Attempt]) -> Iterator[Sequence[Attempt]]:
    """Yield the attempts at a recipient in parts. A retest begins one, in a later round than the end before it.

    That end is a refusal, or an acceptance that a report has taken back.

    In the same round, a refusal before MAIL only leads to another exchanger (RFC 5321 section 5.1).
    """
    begins = 0
    for number in range(1, len(attempts)):
        before, attempt = attempts[number - 1 : number + 1]
        if before.outcome in {Outcome.REFUSED, Outcome.DELIVERED} and attempt.number > before.number:
            yield attempts[begins:number]
            begins = number
    yield attempts[begins:]


def waits_of(retry: Retry) -> tuple[Waits, ...]:
    """Return all waits that a sender has."""
    return retry, retry.connection or retry, retry.rate or retry


def next_times(first: Attempt, last: Attempt, retry: Retry) -> Iterator[tuple[float, float]]:
    """Yield when the next attempt may begin, and when the sender gives up, both in seconds after the first one.

    A pair for each kind of waits that the last attempt may lead to: whether a deferral is about a rate, the sender
    guesses from its words.
    """
    deferral, connection, rate = waits_of(retry)
    elapsed = last.at + last.duration_s - first.at
    for waits in (connection,) if last.outcome == Outcome.FAILED else (deferral, rate):
        yield elapsed + _wait_s(waits, last.number), waits.give_up_after


def _wait_s(waits: Waits, number: int) -> float:
    """Return the wait after an attempt by its number, without tenacity."""
    wait = waits.first
    for _ in range(number - 1):
        if wait >= waits.longest or waits.factor == 1:
            break
        wait *= waits.factor
    return min(wait, waits.longest)
