"""Whether a company as a whole has stopped taking mail, or only a filter refuses it."""

from __future__ import annotations

from math import log2

from probe.classify.context.case import RefusalCase
from probe.classify.context.companies import MOST_ROUNDS
from probe.classify.context.evidence.other_companies import elsewhere
from probe.classify.context.observations import EVERY_VENDOR
from probe.classify.context.odds import beyond_turnover


def company_refused_for_long(case: RefusalCase) -> float:
    """Count the rounds in which the company refused everybody since it last accepted anybody.

    Companies close, merge and retire domains; all their addresses are then unknown for good. A filter's block ends:
    after minutes, hours or a day (see vendors.toml), and listings after weeks. The first round says nothing, twice the
    rounds say as much again.
    """
    if case.company.accepted or case.company.rounds < 2:
        return 0.0
    return -log2(min(case.company.rounds, MOST_ROUNDS))


def company_refused_alone(case: RefusalCase) -> float:
    """Weigh how other companies answered the same source at that time, if this company accepts nobody.

    If they accept it, the source address is not to blame, and a company that is gone explains the refusals. If they
    refuse it too, a listing does (docs.spamhaus.com).
    """
    if case.company.accepted or not case.company.refused:
        return 0.0
    if case.exchanger.has_tenants:
        refused = max(0, case.overall.refused - case.company.refused)
        replies = max(refused, len(case.overall) - case.company.refused)
        return beyond_turnover(refused, replies)
    return beyond_turnover(*elsewhere(case, EVERY_VENDOR))
