"""Law: the sender keeps the limits that it has set itself: rates, connections, waits before it tries again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

from fake_gateways.smtp.envelope import domain_of
from fake_gateways.units import PerTime
from probe.records.attempt import Attempt, Outcome
from probe.scenario.sending import Limit, Retry
from simulation.laws.law import Law
from simulation.laws.left import Left, Run

_SLACK_S: Final = 1e-5
"""Times are rounded to the microsecond."""


def _broken(left: Left) -> Iterator[str]:
    sender = left.loaded.scenario.sender
    for run in (*left.runs, left.honest):
        if run is None or not run.ended:
            continue
        transactions = list(_transactions(run))
        for limit in sender.limit:
            if limit.rate is not None:
                yield from (f"{run.name}: {what}" for what in _too_many(limit, limit.rate, transactions))
        yield from (f"{run.name}: {what}" for what in _too_soon(run, sender.retry))


def _transactions(run: Run) -> Iterator[Attempt]:
    """Yield the first attempt of each transaction that reached out to an exchanger."""
    before = None
    for attempt in run.books.attempts:
        key = attempt.lane, attempt.at, attempt.return_path, attempt.mx_address, attempt.message_id
        if key != before and attempt.mx_address:
            yield attempt
        before = key


def _too_many(limit: Limit, rate: PerTime, transactions: Iterable[Attempt]) -> Iterator[str]:
    begun: dict[str, list[float]] = {}
    for each in transactions:
        if limit.to == "*" or limit.to.lower() in {each.mx, domain_of(each.recipient)}:
            begun.setdefault(each.mx_address if limit.to == "*" else "", []).append(each.at)
    for times in begun.values():
        times.sort()
        for first, last in zip(times, times[rate.most :], strict=False):
            if last - first < rate.seconds - _SLACK_S:
                yield f"{rate.most + 1} transactions within {last - first} s, against the limit {limit}"


def _too_soon(run: Run, retry: Retry) -> Iterator[str]:
    shortest = min(each.first for each in (retry, retry.connection or retry, retry.rate or retry))
    for attempts in run.attempts_by_key.values():
        for one, other in pairwise(attempts):
            if other.number == one.number or one.outcome == Outcome.REFUSED:
                continue  # another exchanger in the same round, or a retest
            if other.at < one.at + one.duration_s + shortest - _SLACK_S:
                yield f"the sender waited less than {shortest} s: {one}, {other}"


LAW = Law("sender-keeps-limits", "the sender keeps its limits and waits", _broken)
