"""What is observed at exchangers: isolated refusals, vendors, positions."""

from __future__ import annotations

from book_rows import STARTS
from circumstances import at_another_vendor, campaign_of, sent

from probe.classify.context.arrivals import gather
from probe.classify.context.observations import EVERY_VENDOR, IsolatedRefusals, WordsCounts
from probe.classify.context.replies_by_stage import MOST_WORDS, OTHER_WORDS
from probe.classify.context.words import words_key
from probe.records.attempt import Attempt


def isolated_in(attempts: list[Attempt]) -> IsolatedRefusals:
    """Return the isolated refusals at the exchanger of ``sent``."""
    return gather(campaign_of(attempts).values()).isolated_at("acme.example")


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
    with_them = gather(campaign_of([*much, *aged, *everybody]).values()).isolated_elsewhere("acme.example")
    assert with_them == gather(campaign_of([*much, *aged]).values()).isolated_elsewhere("acme.example")


def test_each_unknown_organisation_counts_by_itself() -> None:
    one = sent(".x" * 4 + ".")
    other = sent(".x" * 6 + ".", start=100, mx="mx2.beta.co.uk", mx_address="127.1.0.8", domain="beta.co.uk")
    observations = gather(campaign_of([*one, *other]).values())
    assert observations.isolated_at("beta.co.uk") == observations.isolated_elsewhere("acme.example")
    assert observations.isolated_at("beta.co.uk") == IsolatedRefusals(6, 7)
    assert observations.isolated_at(EVERY_VENDOR) == IsolatedRefusals(10, 12)


def test_an_exchanger_of_several_companies_has_tenants() -> None:
    for domain, tenants in (("acme.example", False), ("beta.example", True)):
        (found,) = gather(campaign_of([*sent(".x"), *sent(".", start=9, domain=domain)]).values()).exchangers.values()
        assert found.has_tenants is tenants


def test_texts_of_one_exchanger_are_counted_apart() -> None:
    rows = [*sent(".x.x."), *sent("xxx", start=5, text="No such recipient"), *sent(".", start=8)]
    (found,) = gather(campaign_of(rows).values()).exchangers.values()
    assert found.with_words(words_key("user unknown")) == (WordsCounts(2, 2), WordsCounts(3, 0))
    many = [row for number in range(40) for row in sent("x", start=number, text=f"words {'a' * number}")]
    (found,) = gather(campaign_of(many).values()).exchangers.values()
    assert found.with_words(OTHER_WORDS)[0].refused == 40 - MOST_WORDS
