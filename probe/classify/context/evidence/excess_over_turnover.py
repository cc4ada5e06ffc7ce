"""How far refusals exceed departures: the best explanation of a refusal other than a departed recipient."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.case import RefusalCase
from probe.classify.context.observations import IsolatedRefusals
from probe.classify.context.odds import departed, excess
from probe.classify.context.replies_by_stage import RANK

_WIDE: Final = 10
_CLOSE: Final = 3
_ALL_REFUSED: Final = (20.0, 20.0)
_LIKE_THE_OTHERS: Final = 4.0
"""A company whose exchanger serves others too is taken to be like them, as if by so many replies more."""


def refused_beyond_turnover(case: RefusalCase) -> float:
    """Weigh how far refusals under one condition exceed departures, for a refusal in a run.

    Where a share r is refused and a share d has departed, d / r of the refused are gone (Bayes). One condition is
    enough: a listed address is refused whatever the message is. Short blocks catch few messages (Mimecast lifts a block
    after five minutes: sisimai, Rhost/Mimecast.pm), outages catch many. Departures are counted at other vendors'
    exchangers, because lists age at the same rate everywhere.
    """
    if case.position is None or case.is_isolated:
        return 0.0
    gone = departed(*case.observations.isolated_elsewhere(case.exchanger.vendor))
    return max(excess(*counts, *gone) for counts in _conditions(case))


def refused_as_a_tenant(case: RefusalCase) -> float:
    """Weigh how far the refusals of the company exceed departures, if its exchanger serves other companies too.

    Filters that are shared have rules for each customer (Proofpoint, Mimecast and Exchange Online policies apply by
    recipient domain), so the replies to one company's recipients come between those to others.
    """
    own = case.company
    if not case.exchanger.has_tenants or own.refused < 2 or case.position is None:
        return 0.0
    share = case.overall.refused / len(case.overall)
    gone = departed(*case.observations.isolated_elsewhere(case.exchanger.vendor))
    refused, replies = own.refused - 1, own.refused + own.accepted - 1
    return max(0.0, excess(refused + _LIKE_THE_OTHERS * share, replies + _LIKE_THE_OTHERS, *gone))


def isolated_beyond_turnover(case: RefusalCase) -> float:
    """Weigh how far isolated refusals here, or at the vendor, exceed those elsewhere, for an isolated one.

    Lists age at the same rate everywhere. Where many more refusals are isolated, the server refuses other recipients
    too: full mailboxes, new ones that it does not know yet, internal-only addresses (Microsoft, Exchange recipient
    filtering; SpamExperts KB 10).
    """
    if not case.is_isolated:
        return 0.0
    itself = IsolatedRefusals(1, 0)
    gone = departed(*case.observations.isolated_elsewhere(case.exchanger.vendor))
    here, at_vendor = case.exchanger.isolated, case.observations.isolated_at(case.exchanger.vendor)
    counts = (here, at_vendor) if at_vendor.accepted > here.accepted else (here,)
    return max(excess(*departed(*each.minus(itself)), *gone) for each in counts)


def _conditions(case: RefusalCase) -> Iterator[tuple[float, float]]:
    """Yield refusals and replies without the case itself: nearby, to the same source, with the same message."""
    if case.position is None or case.rank < RANK[Stage.RCPT]:
        yield _ALL_REFUSED
        return
    yield case.series.neighbours(case.position.from_source, _WIDE)
    yield case.series.neighbours(case.position.from_source, _CLOSE)
    yield case.overall.neighbours(case.position.overall, _WIDE)
    yield case.series.refused - 1, len(case.series) - 1
    refused, replies, _, _ = case.exchanger.with_message(case.refusal.message, case.rank)
    yield refused - 1, replies - 1
