"""How much more is refused than has left: the best explanation of a refusal other than that somebody is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.classify.context.case import Case
from probe.classify.context.observations import Lone
from probe.classify.context.odds import excess, left
from probe.classify.context.replies_by_stage import RANK

_WIDE: Final = 10
_CLOSE: Final = 3
_SURELY: Final = (20, 20)


def more_refused_than_left(case: Case) -> float:
    """Weigh, for a refusal beside others, how far what is refused under any one condition exceeds what has left.

    Of those refused where a share r is refused and d have left, d / r are gone (Bayes). One condition is enough: a
    listed address is refused whatever the message is (architecture.md, causes); blocks of five minutes let few words
    fall into them (gateways.md 3.3, Mimecast), outages many. What has left is counted at other vendors' exchangers,
    as lists age alike everywhere (evidence.md, B2B bounce rates).
    """
    if case.seat is None or case.is_alone:
        return 0.0
    gone = left(*case.around.lone_elsewhere(case.place.vendor))
    return max(excess(*counts, *gone) for counts in _conditions(case))


def more_alone_than_left(case: Case) -> float:
    """Weigh, for a refusal that stands alone, how far such refusals here, or at the vendor, exceed those elsewhere.

    A list ages everywhere alike; where many more stand alone, the server refuses others too: full mailboxes, new ones
    that it does not know yet, lists of its own (gateways.md 1.1 row 1, 3.4; SpamExperts KB 10).
    """
    if not case.is_alone:
        return 0.0
    itself = Lone(0, 0, 1) if case.is_reported else Lone(1, 0, 0)
    gone = left(*case.around.lone_elsewhere(case.place.vendor))
    here, at_vendor = case.place.lone, case.around.lone_at(case.place.vendor)
    places = (here, at_vendor) if at_vendor.accepted > here.accepted else (here,)
    return max(excess(*left(*each.less(itself)), *gone) for each in places)


def _conditions(case: Case) -> Iterator[tuple[int, int]]:
    """Yield refusals and words, the case itself left out: nearby, with the same message, to the same source."""
    if case.seat is None or case.rank < RANK[Stage.RCPT]:
        yield _SURELY
        return
    yield case.series.around(case.seat.from_source, _WIDE)
    yield case.series.around(case.seat.from_source, _CLOSE)
    yield case.overall.around(case.seat.overall, _WIDE)
    yield case.series.refused - 1, len(case.series.times) - 1
    refused, words, _, _ = case.place.with_message(case.attempt.message, case.rank)
    yield refused - 1, words - 1
