"""Refusals that come in runs: people do not leave a company in the order in which a campaign is sent."""

from __future__ import annotations

from math import isfinite
from typing import Final

from probe.classify.context.case import RefusalCase
from probe.classify.context.odds import beyond_turnover, bounded, differs
from probe.classify.context.vendor import UNKNOWN, vendors

_NEAR: Final = 8
_ADJACENT: Final = 2
_LONGEST: Final = 8
_HOURS: Final = 8
_COMMON_BLOCKS_S: Final = (300.0, 1800.0, 3600.0, 10_800.0, 86_400.0)
"""Durations of blocks that several vendors have: five minutes, half an hour, one hour, three hours, a day."""


def refused_nearby(case: RefusalCase) -> float:
    """Weigh the refusals among the eight replies before and after, to the same source at the same exchanger.

    A block has a beginning and an end, and it falls on the source address, not on the recipient (Forcepoint blocks for
    3 hours after 5 invalid recipients). Lists are not mailed in an order that departures follow.
    """
    if case.position is None:
        return 0.0
    return beyond_turnover(*case.series.neighbours(case.position.from_source, _NEAR))


def refused_adjacent(case: RefusalCase) -> float:
    """Weigh the refusals among the two replies before and the two after, which shows short blocks.

    Mimecast lifts a block after five minutes (sisimai, Rhost/Mimecast.pm), in which a slow campaign sends little.
    """
    if case.position is None:
        return 0.0
    return beyond_turnover(*case.series.neighbours(case.position.from_source, _ADJACENT))


def run_length(case: RefusalCase) -> float:
    """Count the other refusals in the same run, up to eight.

    The probability that n recipients in a row have left is the n-th power of the share that has left: a few in a
    hundred (WarmySender, 2025).
    """
    return 0.0 if case.run is None else float(min(case.run.length - 1, _LONGEST))


def other_addresses_during_run(case: RefusalCase) -> float:
    """Compare the refusals to the sender's other addresses at the exchanger during the run.

    A listed source address is refused while others are accepted (docs.spamhaus.com).
    """
    run = case.run
    if run is None or run.length < 2:
        return 0.0
    since, until = run.accepted_before or run.first, run.accepted_after or run.last
    refused, replies = case.overall.between(since, until)
    own = case.series.between(since, until)
    return differs(run.length - 1, run.length - 1, refused - own[0], replies - own[1])


def as_long_as_a_known_block(case: RefusalCase) -> float:
    """Return 1 if a run ended after a known duration of a block, of this vendor or of vendors in general.

    Mimecast lifts a block after 5 minutes, Barracuda after 30, Forcepoint after 3 hours (see vendors.toml).
    """
    run = case.run
    if run is None or run.length < 3 or run.accepted_after is None:
        return 0.0
    known = vendors().get(case.exchanger.vendor, UNKNOWN).blocks or _COMMON_BLOCKS_S
    shortest = run.last - run.first
    longest = run.accepted_after - (run.accepted_before if run.accepted_before is not None else run.first)
    return 1.0 if any(shortest <= block * 1.1 and block <= longest * 1.1 for block in known) else 0.0


def same_minute_each_hour(case: RefusalCase) -> float:
    """Compare refusals at the same minutes of other hours with those at other minutes.

    Limits that count by the clock hour are reached at the same minute each time (Cisco: 20 recipients an hour; GoDaddy:
    IB607).
    """
    if case.position is None or not isfinite(case.refusal.at):
        return 0.0
    at, series = case.refusal.at, case.series
    refused = replies = 0
    first, last = (
        round(max(-_HOURS, min(_HOURS, (end - at) / 3600))) for end in (series.at(0), series.at(len(series) - 1))
    )
    for hour in range(first, last + 1):
        if hour:
            more_refused, more = series.between(at + hour * 3600 - 300, at + hour * 3600 + 300)
            refused, replies = refused + more_refused, replies + more
    rest_refused = max(0, series.refused - 1 - refused)
    rest = max(rest_refused, len(series) - 1 - replies)
    return bounded(differs(refused, replies, rest_refused, rest))
