"""The share that an exchanger refuses."""

from __future__ import annotations

from circumstances import campaign_of, case, sent

from probe.classify.context.evidence import (
    share_refused,
)


def test_a_third_refused_is_more_than_turnover_and_one_in_thirty_is_not() -> None:
    many, few = campaign_of(sent("..x" * 12)), campaign_of(sent("." * 15 + "x" + "." * 15))
    assert share_refused.share_refused_here(case(many, 2)) > 2.0
    assert share_refused.share_refused_here(case(few, 15)) < -0.5
    assert share_refused.share_refused_here(case(campaign_of(sent("x")), 0)) == 0.0
