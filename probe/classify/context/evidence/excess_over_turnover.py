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
_ALL_REFUSED: Final = (20, 20)


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


def isolated_beyond_turnover(case: RefusalCase) -> float:
    """Weigh how far isolated refusals here, or at the vendor, exceed those elsewhere, for an isolated one.

    Lists age at the same rate everywhere. Where many more refusals are isolated, the server refuses other recipients
    too: full mailboxes, new ones that it does not know yet, internal-only addresses (Microsoft, Exchange recipient
    filtering; SpamExperts KB 10).
    """
    if not case.is_isolated:
        return 0.0
    itself = IsolatedRefusals(0, 0, 1) if case.refusal.is_reported else IsolatedRefusals(1, 0, 0)
    gone = departed(*case.observations.isolated_elsewhere(case.exchanger.vendor))
    here, at_vendor = case.exchanger.isolated, case.observations.isolated_at(case.exchanger.vendor)
    counts = (here, at_vendor) if at_vendor.accepted > here.accepted else (here,)
    return max(excess(*departed(*each.minus(itself)), *gone) for each in counts)


def _conditions(case: RefusalCase) -> Iterator[tuple[int, int]]:
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
