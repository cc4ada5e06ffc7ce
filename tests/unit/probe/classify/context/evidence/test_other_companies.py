"""Evidence from other companies."""

from __future__ import annotations

from circumstances import campaign_of, case, sent

from probe.classify.context.evidence import (
    other_companies,
)
from probe.classify.context.observations import EVERY_VENDOR


def test_other_companies_show_what_a_small_company_cannot() -> None:
    listed = {"local_address": "127.10.0.2", "mx": "mx1.one.iphmx.com"}
    here = sent("x", start=50, mx_address="127.1.0.9", **listed)
    there = sent("." * 40 + "x" * 30, mx_address="127.1.0.1", domain="beta.example", **listed)
    other = sent("." * 70, start=200, mx_address="127.1.0.1", mx="mx1.one.iphmx.com", domain="beta.example")
    told = campaign_of([*here, *there, *(row._replace(at=row.at - 2000) for row in other)])
    assert other_companies.refused_elsewhere_at_vendor(case(told, 50)) > 1.0
    assert other_companies.address_refused_more_everywhere(case(told, 50)) > 1.0
    assert other_companies.address_refused_more_at_vendor(case(told, 50)) > 1.0
    alone = campaign_of(here)
    assert (
        other_companies.refused_elsewhere_at_vendor(case(alone, 50))
        == other_companies.address_refused_more_everywhere(case(alone, 50))
        == 0.0
    )


def test_only_other_exchangers_count_as_elsewhere() -> None:
    own, there = sent("x" * 20), sent("." * 9 + "x", start=5, mx_address="127.1.0.7", domain="beta.example")
    found = case(campaign_of([*own, *there]), 10)
    assert other_companies.elsewhere(found, EVERY_VENDOR) == other_companies.elsewhere(found, "acme.example") == (1, 10)
    assert other_companies.elsewhere(found, "another.example") == (0, 0)
