"""The share that an exchanger refuses, against the share of people who leave a company."""

from __future__ import annotations

from probe.classify.context.case import RefusalCase
from probe.classify.context.odds import beyond_turnover


def share_refused_here(case: RefusalCase) -> float:
    """Weigh the share of refusals among all replies of the exchanger.

    People leave one by one, a few per cent a year: of business lists, 0.8 to 6.7 % bounce (WarmySender, 14.2 million
    messages, 2025). Where a third is refused, something else refuses them.
    """
    if case.position is None:
        return 0.0
    return beyond_turnover(case.overall.refused - 1, len(case.overall) - 1)
