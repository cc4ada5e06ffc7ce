"""More refusals behind one exchanger than people leave a company."""

from __future__ import annotations

from probe.classify.context.case import Case
from probe.classify.context.odds import beyond_turnover


def share_here(case: Case) -> float:
    """Weigh the share of refusals among all words of the exchanger.

    People leave one by one, a few per cent a year: of business lists 0.8 to 6.7 % bounce (evidence.md, B2B bounce
    rates). Where a third is refused, something else refuses them (gateways.md 4, what lets a checker separate, 1).
    """
    if case.seat is None:
        return 0.0
    return beyond_turnover(case.overall.refused - 1, len(case.overall.times) - 1)
