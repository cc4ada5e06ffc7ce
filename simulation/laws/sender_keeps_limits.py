"""Law: the sender keeps what it has set itself: rates, connections, waits, the time until it gives up, experiments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import inf
from typing import Final

from fake_gateways.smtp.envelope import domain_of
from fake_gateways.units import PerTime
from probe.records.attempt import Attempt, Outcome
from probe.records.rows import Probe
from probe.scenario.sending import Diagnose, Limit, Retry, Sender
from simulation.laws.law import Law
from simulation.laws.left import Left, Run
from simulation.laws.schedule import next_times, series

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
        yield from (f"{run.name}: {what}" for what in _too_many_connections(run, sender))
        yield from (f"{run.name}: {what}" for what in _wrong_times(run, sender.retry))
        if sender.diagnose is not None:
            yield from (f"{run.name}: {what}" for what in _wrong_experiments(run, sender.diagnose))


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


def _too_many_connections(run: Run, sender: Sender) -> Iterator[str]:
    """Yield where more connections were busy at once, from one source address to one exchanger, than are allowed."""
    busy: dict[tuple[str, str, int], list[tuple[float, int, int]]] = {}
    for each in _transactions(run):
        domain = domain_of(each.recipient)
        applying = [limit for limit in sender.limit if limit.to.lower() in {"*", each.mx, domain}]
        most = min([sender.connections_per_gateway, *(limit.connections for limit in applying if limit.connections)])
        # A domain with a limit of its own has its own connections.
        own = domain if any(limit.to.lower() == domain for limit in sender.limit) else ""
        at = busy.setdefault((each.local_address, f"{each.mx_address} {own}".strip(), most), [])
        at += (each.at + _SLACK_S, 1, each.seq), (each.at + each.duration_s - _SLACK_S, -1, each.seq)
    for (source, target, most), changes in busy.items():
        now = 0
        for _, change, seq in sorted(change for change in changes):
            now += change
            if now > most:
                yield f"{now} connections at once from {source} to {target}, against {most}: attempt {seq}"
                break


def _wrong_times(run: Run, retry: Retry) -> Iterator[str]:
    """Yield the attempts that began too soon, and those that should not have been made."""
    for attempts in run.attempts_by_key.values():
        for each in series(attempts):
            for one, other in pairwise(each):
                if other.number == one.number:
                    continue  # another exchanger in the same round
                times = list(next_times(each[0], one, retry))
                if other.at - each[0].at < min(at for at, _ in times) - _SLACK_S:
                    yield f"the sender did not wait long enough: {one}, {other}"
                if all(at >= ends + _SLACK_S for at, ends in times):
                    yield f"the sender tried again after the time at which it gives up: {one}, {other}"


def _wrong_experiments(run: Run, settings: Diagnose) -> Iterator[str]:
    """Yield the experiments of a lane that began too soon, and how many too many there are."""
    spacing_s = settings.rate.seconds / settings.rate.most
    made: dict[str, list[Probe]] = {}
    for each in run.books.probes:
        made.setdefault(each.lane, []).append(each)
    for lane, probes in made.items():
        refused = (row for row in run.books.attempts if (row.lane, row.outcome) == (lane, Outcome.REFUSED))
        ends = (row.at + row.duration_s for row in refused)
        if probes[0].at < min(ends, default=inf) + settings.after - _SLACK_S:
            yield f"nobody has been refused for long enough: {probes[0]}"
        for one, other in pairwise(probes):
            if other.at - one.at < spacing_s - _SLACK_S:
                yield f"experiments follow each other faster than {settings.rate}: {one}, {other}"
        if len(probes) > settings.experiments:
            yield f"{len(probes)} experiments in {lane}, and {settings.experiments} were allowed"


LAW = Law("sender-keeps-limits", _broken)
