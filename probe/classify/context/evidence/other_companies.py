"""How other companies answered the same source address at the same time: one small company says too little."""

from __future__ import annotations

from math import isfinite
from typing import Final

from probe.classify.context.case import RefusalCase
from probe.classify.context.observations import EVERY_VENDOR, NO_REPLIES
from probe.classify.context.odds import beyond_turnover, differs
from probe.classify.context.series import ReplySeries

_NEAR_S: Final = 1800.0
_NEAR: Final = 20
"""Replies before and after the refusal that are compared."""


def address_refused_more_at_vendor(case: RefusalCase) -> float:
    """Compare the source address with the sender's others, at all exchangers of the vendor, around the same time.

    Customers of one vendor query the same blocklists (docs.spamhaus.com), so a listing affects all of them.
    """
    return _around_the_same_time(case, case.exchanger.vendor)


def address_refused_more_everywhere(case: RefusalCase) -> float:
    """Compare the source address with the sender's others, at all exchangers, around the same time.

    A blocklist is shared by companies that have nothing else in common (docs.spamhaus.com).
    """
    return _around_the_same_time(case, EVERY_VENDOR)


def refused_elsewhere_at_vendor(case: RefusalCase) -> float:
    """Weigh the refusals at other exchangers of the vendor, to the same source address, around the same time.

    Filters of one vendor share their feeds and defaults (Mimecast and Barracuda: campus.barracuda.com, sisimai).
    """
    return beyond_turnover(*elsewhere(case, case.exchanger.vendor))


def elsewhere(case: RefusalCase, vendor: str) -> tuple[int, int]:
    """Count refusals and replies at other exchangers of a vendor, to the same source, within half an hour."""
    at = case.refusal.at
    if case.position is None or not isfinite(at):
        return 0, 0
    refused, replies = _series(case, vendor, case.refusal.source).between(at - _NEAR_S, at + _NEAR_S)
    own_refused, own_replies = case.series.between(at - _NEAR_S, at + _NEAR_S)
    refused = max(0, refused - own_refused)
    return refused, max(refused, replies - own_replies)


def _around_the_same_time(case: RefusalCase, vendor: str) -> float:
    if case.position is None:
        return 0.0
    own = _series(case, vendor, case.refusal.source)
    others = [
        _series(case, vendor, source) for source in case.observations.across(vendor) if source != case.refusal.source
    ]
    if not len(own) or not any(map(len, others)):
        return 0.0
    since, until = _span(own, case.refusal.at)
    refused, replies = own.between(since, until)
    found = [each.between(since, until) for each in others]
    refused_else, replies_else = sum(each for each, _ in found), sum(each for _, each in found)
    return differs(max(0, refused - 1), max(0, replies - 1), refused_else, replies_else)


def _span(series: ReplySeries, at: float) -> tuple[float, float]:
    middle = series.first_since(at)
    return series.at(max(0, middle - _NEAR)), series.at(min(len(series) - 1, middle + _NEAR))


def _series(case: RefusalCase, vendor: str, source: str) -> ReplySeries:
    """Return the replies to a source at all exchangers of a vendor that reached the stage of the refusal."""
    return case.observations.across(vendor).get(source, NO_REPLIES).series(case.rank)
