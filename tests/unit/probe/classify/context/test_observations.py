"""What is observed at exchangers: isolated refusals, vendors, positions."""

from __future__ import annotations

from book_rows import STARTS
from circumstances import at_another_vendor, campaign_of, sent

from probe.classify.context.arrivals import gather
from probe.classify.context.observations import IsolatedRefusals
from probe.records.attempt import Attempt


def isolated_in(attempts: list[Attempt]) -> IsolatedRefusals:
    """Return what stands alone in a campaign to exchangers of nobody known."""
    return gather(campaign_of(attempts).values()).isolated_at("")


def test_isolated_refusals_are_counted_by_source_without_those_that_blame_the_sender() -> None:
    assert isolated_in(sent(".x.x..xx.l.x")) == IsolatedRefusals(2, 6)
    assert isolated_in([*sent(".x.x.x.x.x", local_address="127.10.0.2")]) == IsolatedRefusals(4, 5)
    one, other = sent("." * 6), sent("x" * 6, local_address="127.10.0.2")
    alternating = [
        row._replace(at=STARTS + place) for pair in zip(one, other, strict=True) for place, row in enumerate(pair)
    ]
    assert isolated_in(alternating).isolated == 0


def test_an_exchanger_that_accepts_everybody_does_not_count() -> None:
    much = sent("...x" * 20 + ".")
    aged, everybody = at_another_vendor("...x" * 15 + "."), at_another_vendor("." * 200, start=3000)
    everybody = [row._replace(mx_address="127.1.0.10") for row in everybody]
    assert campaign_of([*much, *aged]).keys() < campaign_of([*much, *aged, *everybody]).keys()
    with_them = gather(campaign_of([*much, *aged, *everybody]).values()).isolated_elsewhere("")
    assert with_them == gather(campaign_of([*much, *aged]).values()).isolated_elsewhere("")
