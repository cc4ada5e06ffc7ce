"""Evidence for a company that is gone, against a filter that refuses all of it."""

from __future__ import annotations

from book_rows import STARTS, refused
from circumstances import DAY_S, UNKNOWN, address, campaign_of, case, evidence_of, sent

from probe.classify.context.evidence import company
from probe.classify.evidence import Evidence

GONE = sent("xxx", start=50)
ELSEWHERE = {"mx": "mx.beta.example", "mx_address": "127.1.0.9", "domain": "beta.example"}


def with_past(rounds: int) -> dict[str, Evidence]:
    """Return a campaign to a company that has refused in so many earlier campaigns."""
    campaign = campaign_of(GONE)
    who = address(50)
    before = tuple(
        evidence_of(refused(recipient=who, at=STARTS - 30 * DAY_S * (rounds - each), **UNKNOWN))
        for each in range(rounds)
    )
    campaign[who] = Evidence(who, campaign[who].attempts, (), before)
    return campaign


def test_rounds_of_refusals_are_evidence_of_a_company_that_is_gone() -> None:
    found = [company.company_refused_for_long(case(with_past(rounds), 51)) for rounds in (0, 1, 3, 15, 40)]
    assert found == [0.0, -1.0, -2.0, -4.0, -4.0]


def test_a_company_that_accepts_somebody_is_not_gone() -> None:
    campaign = {**with_past(3), **campaign_of(sent(".", start=60))}
    found = case(campaign, 51)
    assert company.company_refused_for_long(found) == company.company_refused_alone(found) == 0.0


def test_a_company_refuses_alone_if_others_accept_the_same_source_at_that_time() -> None:
    fine, listed = sent("." * 100, **ELSEWHERE), sent("x" * 100, **ELSEWHERE)
    assert company.company_refused_alone(case(campaign_of([*GONE, *fine]), 51)) < -1.0
    assert company.company_refused_alone(case(campaign_of([*GONE, *listed]), 51)) > 3.0
    from_elsewhere = [row._replace(local_address="127.10.0.9") for row in fine]
    assert company.company_refused_alone(case(campaign_of([*GONE, *from_elsewhere]), 51)) == 0.0
    long_ago = [row._replace(at=row.at - 2 * DAY_S) for row in fine]
    assert company.company_refused_alone(case(campaign_of([*GONE, *long_ago]), 51)) == 0.0


def test_other_tenants_of_the_same_exchanger_are_the_best_comparison() -> None:
    tenants = sent("." * 100, domain="beta.example")
    assert company.company_refused_alone(case(campaign_of([*GONE, *tenants]), 51)) < -1.0
