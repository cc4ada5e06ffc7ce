"""What is known of the recipient from before this campaign."""

from __future__ import annotations

from math import expm1, isfinite, log
from typing import Final

from probe.classify.context.case import Case
from probe.records.attempt import Outcome

_DAY_S: Final = 86_400.0
_YEAR_S: Final = 365 * _DAY_S
_TURNOVER: Final = 0.16
_LEFT: Final = 0.05


def seen_before(case: Case) -> float:
    """Weigh how lately somebody was there, by a delivery, an open or a click: the odds of having left since then.

    Against a list of which a twentieth has left: a fortnight ago speaks for life, four months ago no longer. Some 16 %
    leave in a year (gateways.md 4, separate, 4; evidence.md: lists verified lately bounce 0.8 %, others 2 to 7 %).
    """
    past = [each.last.at for each in case.evidence.before if not each.bounced]
    moments = past + [what.at for what in case.evidence.opened]
    if not moments:
        return 0.0
    years = max(_DAY_S, case.attempt.at - max(moments)) / _YEAR_S
    return max(0.0, log(_LEFT / -expm1(-_TURNOVER * years))) if isfinite(years) else 0.0


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
