"""The best explanation of a refusal other than that somebody left: one is enough."""

from __future__ import annotations

from typing import Final

from fake_gateways.envelope import Stage
from probe.classify.context.case import Case
from probe.classify.context.chance import bounded, share_against_turnover
from probe.classify.context.surroundings import RANK

_WIDE: Final = 10
_CLOSE: Final = 3


def nearby(case: Case) -> float:
    """Weigh the share refused among the ten words before and after, from the same address.

    Where a share r is refused and d have left, d / r of the refused are gone (Bayes); r is what is refused nearby.
    """
    return 0.0 if case.seat is None else share_against_turnover(*case.series.around(case.seat.from_source, _WIDE))


def close_by(case: Case) -> float:
    """Weigh the share refused among the three words before and after, from the same address.

    Blocks of five minutes let few messages of a slow campaign fall into them (gateways.md 3.3, Mimecast).
    """
    return 0.0 if case.seat is None else share_against_turnover(*case.series.around(case.seat.from_source, _CLOSE))


def best_explanation(case: Case) -> float:
    """Take the largest share that is refused under any one condition: nearby, address, message, vendor, stage.

    Causes do not add up: a listed address is refused whatever the message is (architecture.md, causes).
    """
    if case.seat is None:
        return 0.0
    if case.rank < RANK[Stage.RCPT]:
        return share_against_turnover(20, 20)
    refused, words, _, _ = case.place.with_message(case.attempt.message, case.rank)
    return max(
        nearby(case),
        close_by(case),
        share_against_turnover(refused - 1, words - 1),
        share_against_turnover(case.series.refused - 1, len(case.series.times) - 1),
        share_against_turnover(*case.overall.around(case.seat.overall, _WIDE)),
    )


def turnover_of_the_list(case: Case) -> float:
    """Weigh how few refusals stand alone in the whole campaign: what the list itself has lost.

    An aged list loses a fifth (evidence.md, B2B bounce rates: 0.8 % verified, 10 to 20 % unverified), and then fewer of
    those in a run are alive.
    """
    alone, words = case.around.alone()
    return -share_against_turnover(alone, words)


def more_stand_alone_here(case: Case) -> float:
    """Compare how many refusals stand alone at the exchanger with how many do at the others.

    A list ages everywhere alike; where one company loses many more, its server refuses others too: full mailboxes, new
    ones that it does not know yet, lists of its own (gateways.md 1.1 row 1, 3.4; SpamExperts KB 10).
    """
    here = share_against_turnover(*case.place.alone())
    return bounded(here - share_against_turnover(*case.around.alone()))
