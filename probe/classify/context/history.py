"""What is known of the recipient from before this campaign."""

from __future__ import annotations

from math import exp
from typing import Final

from probe.attempt import Outcome
from probe.classify.context.case import Case

_YEAR_S: Final = 365 * 86_400.0


def delivered_before(case: Case) -> float:
    """Weigh the last delivery of an earlier campaign, less the longer ago it is.

    Who was there in March has probably not left by June: staff turnover is some 16 % a year in our scenarios, and
    lists that were mailed lately bounce least (evidence.md: 0.8 % of verified lists).
    """
    return _freshest(case, [past.last.at for past in case.evidence.before if not past.bounced])


def opened_before(case: Case) -> float:
    """Weigh the last open or click, less the longer ago it is: somebody was there (gateways.md 4, separate, 4)."""
    return _freshest(case, [what.at for what in case.evidence.opened])


def bounced_before(case: Case) -> float:
    """Say -1 where the last earlier campaign was refused for good as well, in whatever words.

    Three bounces over more than 14 days was the handshake of providers (evidence.md, Word to the Wise).
    """
    before = case.evidence.before
    return -1.0 if before and before[-1].bounced and before[-1].last.outcome == Outcome.REFUSED else 0.0


def bounced_and_came_back(case: Case) -> float:
    """Say 1 where an earlier refusal was followed by a delivery: this server has taken it back before.

    34 % of contacts suppressed for bounces became active again (evidence.md, HubSpot).
    """
    refused = [past.last.at for past in case.evidence.before if past.last.outcome == Outcome.REFUSED]
    taken = [past.last.at for past in case.evidence.before if not past.bounced]
    return 1.0 if refused and taken and max(taken) > min(refused) else 0.0


def _freshest(case: Case, moments: list[float]) -> float:
    if not moments:
        return 0.0
    return exp(-max(0.0, case.attempt.at - max(moments)) / _YEAR_S)
