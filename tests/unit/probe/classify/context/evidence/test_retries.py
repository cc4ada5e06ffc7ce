"""Evidence from deferrals before the refusal."""

from __future__ import annotations

from book_rows import STARTS, refused
from circumstances import address, campaign_of, case, refused_case, sent

from probe.classify.context.evidence import retries


def test_a_deferral_before_the_refusal_counts_and_its_text_as_well() -> None:
    first = refused(recipient=address(0), at=STARTS - 300, seq=0, code=451, text="Too many messages from your address")
    again = case(campaign_of([first, *(row._replace(number=2) for row in sent("x"))]), 0)
    assert (retries.deferred_first(again), retries.deferred_for_sending(again)) == (1.0, 1.0)
    quiet = case(campaign_of([first._replace(text="try later"), *sent("x")]), 0)
    assert (retries.deferred_first(quiet), retries.deferred_for_sending(quiet)) == (1.0, 0.0)
    assert retries.deferred_first(refused_case()) == 0.0
