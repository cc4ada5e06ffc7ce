"""How other companies answered the same source address at the same time: one small company says too little."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from probe.classify.context.case import RefusalCase
from probe.classify.context.observations import EVERY_SOURCE
from probe.classify.context.odds import beyond_turnover, differs
from probe.classify.context.series import ReplySeries

_NEAR: Final = 20
"""Replies before and after the refusal that are compared."""


def address_refused_more_at_vendor(case: RefusalCase) -> float:
    """Compare the source address with the sender's others, at all exchangers of the vendor, around the same time.

    Customers of one vendor query the same blocklists (docs.spamhaus.com), so a listing affects all of them.
    """
    return _around_the_same_time(case, case.exchanger.vendor) if case.exchanger.vendor else 0.0


def address_refused_more_everywhere(case: RefusalCase) -> float:
    """Compare the source address with the sender's others, at all exchangers, around the same time.

    A blocklist is shared by companies that have nothing else in common (docs.spamhaus.com).
    """
    return _around_the_same_time(case, "")


def refused_elsewhere_at_vendor(case: RefusalCase) -> float:
    """Weigh the refusals at other exchangers of the vendor, to the same source address, around the same time.

    Filters of one vendor share their feeds and defaults (Mimecast and Barracuda: campus.barracuda.com, sisimai).
    """
    if case.position is None or not case.exchanger.vendor:
        return 0.0
    series = case.observations.across(case.exchanger.vendor, case.attempt.local_address, case.rank)
    middle = bisect_left(series.times, case.attempt.at)
    refused, replies = series.count(middle - _NEAR, middle + _NEAR)
    return beyond_turnover(max(0, refused - 1), max(0, replies - 1))


def _around_the_same_time(case: RefusalCase, vendor: str) -> float:
    if case.position is None:
        return 0.0
    own = case.observations.across(vendor, case.attempt.local_address, case.rank)
    everything = case.observations.across(vendor, EVERY_SOURCE, case.rank)
    if len(own.times) == len(everything.times) or not own.times:
        return 0.0
    since, until = _span(own, case.attempt.at)
    refused, replies = own.between(since, until)
    all_refused, all_replies = everything.between(since, until)
    return differs(max(0, refused - 1), max(0, replies - 1), all_refused - refused, all_replies - replies)


def _span(series: ReplySeries, at: float) -> tuple[float, float]:
    middle = bisect_left(series.times, at)
    return series.times[max(0, middle - _NEAR)], series.times[min(len(series.times) - 1, middle + _NEAR)]
