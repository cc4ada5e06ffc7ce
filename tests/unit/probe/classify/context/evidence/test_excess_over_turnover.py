"""How far refusals exceed departures."""

from __future__ import annotations

import pytest
from circumstances import REPORT, address, at_another_vendor, campaign_of, case, sent

from probe.classify.context.arrivals import gather
from probe.classify.context.evidence import (
    excess_over_turnover,
)
from probe.classify.context.observations import IsolatedRefusals
from probe.classify.context.odds import (
    departed,
    excess,
)
from probe.classify.evidence import Evidence


def test_a_report_counts_as_a_refusal() -> None:
    campaign = campaign_of(sent("..."))
    who = address(1)
    campaign[who] = Evidence(who, campaign[who].attempts, (REPORT._replace(recipient=who),))
    assert gather(campaign.values()).isolated_at("acme.example") == IsolatedRefusals(1, 2)
    assert excess_over_turnover.isolated_beyond_turnover(case(campaign, 1)) < 0.0
    campaign = campaign_of(sent("." * 60))
    for number in range(20, 40):
        who = address(number)
        campaign[who] = Evidence(who, campaign[who].attempts, (REPORT._replace(recipient=who),))
    assert excess_over_turnover.refused_beyond_turnover(case(campaign, 30)) > 1.5


def test_a_refusal_in_a_run_is_evidence_of_life_the_more_the_fewer_departed_elsewhere() -> None:
    run = sent("." * 40 + "x" * 10 + "." * 40)
    weigh = excess_over_turnover.refused_beyond_turnover
    assert weigh(case(campaign_of([*run, *at_another_vendor("." * 300)]), 45)) > 2.0
    assert weigh(case(campaign_of(run), 45)) > weigh(case(campaign_of([*run, *at_another_vendor("...x" * 60)]), 45))
    assert weigh(case(campaign_of(sent("..x..")), 2)) == 0.0


def test_one_condition_is_enough_to_explain_a_refusal() -> None:
    told = [*sent("xx.." * 5, message="a.eml"), *sent("." * 100, start=50, message="b.eml")]
    assert excess_over_turnover.refused_beyond_turnover(case(campaign_of(told), 5)) > 1.0
    greeted = campaign_of([*sent("xx", stage="connect"), *sent("." * 30, start=50)])
    assert excess_over_turnover.refused_beyond_turnover(case(greeted, 0)) > 1.5


def test_more_isolated_refusals_than_elsewhere_are_evidence_of_life() -> None:
    much, alike = sent("...x" * 20 + "."), sent("." * 19 + "x" + "." * 30)
    weigh = excess_over_turnover.isolated_beyond_turnover
    assert weigh(case(campaign_of([*much, *at_another_vendor(("." * 30 + "x") * 10 + ".")]), 39)) > 0.5
    assert weigh(case(campaign_of([*much, *at_another_vendor("...x" * 60 + ".")]), 39)) < -1.0
    assert weigh(case(campaign_of([*alike, *at_another_vendor(("." * 30 + "x") * 10 + ".")]), 19)) < -1.0
    assert weigh(case(campaign_of(sent("..xx..")), 2)) == 0.0


def test_a_short_block_is_seen_among_the_nearest_replies() -> None:
    found = case(campaign_of(sent("." * 60 + "xxxx" + "." * 60)), 61)
    near, wide = found.series.neighbours(61, 3), found.series.neighbours(61, 10)
    assert near[0] / near[1] > 2 * wide[0] / wide[1]
    gone = departed(*found.observations.isolated_elsewhere("acme.example"))
    assert excess(*near, *gone) > excess(*wide, *gone)
    assert excess_over_turnover.refused_beyond_turnover(found) == pytest.approx(excess(*near, *gone))


def test_an_outage_is_seen_over_all_source_addresses_together() -> None:
    rows = []
    for place, letter in enumerate("." * 60 + "x" * 30 + "." * 60):
        rows += sent(letter, start=place, local_address=f"127.10.0.{place % 15 + 1}")
    found = case(campaign_of(rows), 75)
    assert found.position is not None
    together = found.overall.neighbours(found.position.overall, 10)
    gone = departed(*found.observations.isolated_elsewhere("acme.example"))
    assert excess_over_turnover.refused_beyond_turnover(found) == pytest.approx(excess(*together, *gone))


def test_a_tenant_that_is_refused_while_the_others_are_accepted_is_seen() -> None:
    rows = []
    for place in range(40):
        rows += sent("x", start=10 * place, domain="beta.example")
        rows += sent("........", start=10 * place + 1)
    found = case(campaign_of(rows), 100, "beta.example")
    assert found.is_isolated
    assert excess_over_turnover.refused_as_a_tenant(found) > 2.0
    single = case(campaign_of([*sent("x", domain="beta.example"), *sent("........", start=1)]), 0, "beta.example")
    assert excess_over_turnover.refused_as_a_tenant(single) == 0.0
    assert excess_over_turnover.refused_as_a_tenant(case(campaign_of(sent("xxxx")), 2)) == 0.0
