"""What other companies said to the same address at the same time: a small company alone cannot tell."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

from probe.classify.context.case import Case
from probe.classify.context.observations import EVERY_SOURCE
from probe.classify.context.odds import beyond_turnover, differs
from probe.classify.context.series import Series

_NEAR: Final = 20


def address_lately_at_the_vendor(case: Case) -> float:
    """Compare the address with the sender's others at all exchangers of the vendor, around the same time.

    A listing is seen by everybody who asks the list, and customers of one vendor ask the same (gateways.md 3.9).
    """
    return _lately(case, case.place.vendor) if case.place.vendor else 0.0


def address_lately(case: Case) -> float:
    """Compare the address with the sender's others at all exchangers, around the same time.

    A blocklist couples companies that share nothing else (gateways.md 3.9: listings of minutes to a day).
    """
    return _lately(case, "")


def refused_at_the_vendor(case: Case) -> float:
    """Weigh the refusals at other exchangers of the vendor, from the same address, around the same time.

    Filters of one vendor share their feeds and their defaults (gateways.md 3.1, 3.3).
    """
    if case.seat is None or not case.place.vendor:
        return 0.0
    series = case.around.across(case.place.vendor, case.attempt.local_address, case.rank)
    middle = bisect_left(series.times, case.attempt.at)
    refused, words = series.count(middle - _NEAR, middle + _NEAR)
    return beyond_turnover(max(0, refused - 1), max(0, words - 1))


def _lately(case: Case, vendor: str) -> float:
    if case.seat is None:
        return 0.0
    own = case.around.across(vendor, case.attempt.local_address, case.rank)
    everybody = case.around.across(vendor, EVERY_SOURCE, case.rank)
    if len(own.times) == len(everybody.times) or not own.times:
        return 0.0
    since, until = _span(own, case.attempt.at)
    refused, words = own.between(since, until)
    refused_all, words_all = everybody.between(since, until)
    return differs(max(0, refused - 1), max(0, words - 1), refused_all - refused, words_all - words)


def _span(series: Series, at: float) -> tuple[float, float]:
    middle = bisect_left(series.times, at)
    return series.times[max(0, middle - _NEAR)], series.times[min(len(series.times) - 1, middle + _NEAR)]
