"""Refusals that come in runs: people do not leave in the order in which a campaign goes out."""

from __future__ import annotations

from math import isfinite
from typing import Final

from probe.classify.context.case import Case
from probe.classify.context.odds import beyond_turnover, bounded, differs
from probe.classify.context.vendor import UNKNOWN, vendors

_NEAR: Final = 8
_NEXT: Final = 2
_LONGEST: Final = 8
_HOURS: Final = 8
_EVERYWHERE: Final = (300.0, 1800.0, 3600.0, 10_800.0, 86_400.0)
"""Times of blocks that several vendors have: five minutes, half an hour, an hour, three hours, a day."""


def refused_around(case: Case) -> float:
    """Weigh the refusals among the eight words before and after, from the same address at the same exchanger.

    A block has an onset and an end; lists are mailed in no order that a departure could follow (gateways.md 3.5: the
    punishment falls on the address, not on the bad recipient).
    """
    if case.seat is None:
        return 0.0
    return beyond_turnover(*case.series.around(case.seat.from_source, _NEAR))


def refused_next_to(case: Case) -> float:
    """Weigh the refusals among the two words before and the two after, which tell a short block from its surroundings.

    Mimecast lifts a block after five minutes (gateways.md 3.3), in which a slow campaign sends few messages.
    """
    if case.seat is None:
        return 0.0
    return beyond_turnover(*case.series.around(case.seat.from_source, _NEXT))


def run_length(case: Case) -> float:
    """Count the other refusals in a row that it stands in, up to eight.

    The chance that n recipients in a row have left falls with the n-th power of the share that has (evidence.md, B2B
    bounce rates: a few in a hundred).
    """
    return 0.0 if case.run is None else float(min(case.run.length - 1, _LONGEST))


def others_meanwhile(case: Case) -> float:
    """Compare what other addresses were told at the exchanger while the run lasted.

    A listed address is refused while its neighbours pass (gateways.md 4, what lets a checker separate, 2).
    """
    run = case.run
    if run is None or run.length < 2:
        return 0.0
    refused, words = case.overall.between(run.began or run.first, run.ended or run.last)
    own = case.series.between(run.began or run.first, run.ended or run.last)
    return differs(run.length - 1, run.length - 1, refused - own[0], words - own[1])


def lasts_as_long_as_a_block(case: Case) -> float:
    """Say 1 where a run ended after a time for which the vendor, or vendors in general, are known to block.

    gateways.md 4, what lets a checker separate, 7: it stops after a known interval.
    """
    run = case.run
    if run is None or run.length < 3 or run.ended is None:
        return 0.0
    known = vendors().get(case.place.vendor, UNKNOWN).blocks or _EVERYWHERE
    shortest, longest = run.last - run.first, run.ended - (run.began if run.began is not None else run.first)
    return 1.0 if any(shortest <= block * 1.1 and block <= longest * 1.1 for block in known) else 0.0


def same_minute_each_hour(case: Case) -> float:
    """Compare refusals at the same minutes of other hours with those at other minutes.

    Limits that are counted by the clock's hour fill up at the same minute each time (gateways.md 3.3: Cisco, GoDaddy).
    """
    if case.seat is None or not isfinite(case.attempt.at):
        return 0.0
    at, series = case.attempt.at, case.series
    refused = words = 0
    first, last = (round(max(-_HOURS, min(_HOURS, (end - at) / 3600))) for end in (series.times[0], series.times[-1]))
    for hour in range(first, last + 1):
        if hour:
            more_refused, more = series.between(at + hour * 3600 - 300, at + hour * 3600 + 300)
            refused, words = refused + more_refused, words + more
    rest_refused = max(0, series.refused - 1 - refused)
    rest = max(rest_refused, len(series.times) - 1 - words)
    return bounded(differs(refused, words, rest_refused, rest))
