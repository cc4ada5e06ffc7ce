"""Evidence from counts: shares against turnover, runs, conditions of the sender's, other companies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from book_rows import STARTS
from circumstances import address, campaign_of, case, words

from probe.classify.context import gather
from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import (
    excess_over_turnover,
    other_companies,
    runs,
    sender_conditions,
    share_refused,
)
from probe.classify.context.observations import IsolatedRefusals
from probe.classify.context.odds import (
    MOST,
    beyond_turnover,
    departed,
    departed_share,
    differs,
    excess,
    log_odds,
    none_departed,
)
from probe.classify.context.series import RefusalRun, ReplySeries
from probe.classify.evidence import Evidence
from probe.records.attempt import Attempt
from probe.records.returned import Returned

REPORT = Returned("acme", 1, STARTS + 60, "", "news", "", "report", "failed", "5.1.1", 550, "not found", "",
                  "return-path", "")  # fmt: skip


def isolated(attempts: list[Attempt]) -> IsolatedRefusals:
    """Return what stands alone in a campaign to exchangers of nobody known."""
    return gather(campaign_of(attempts)).isolated_at("")


def test_few_words_say_little_and_none_say_nothing() -> None:
    assert beyond_turnover(0, 0) == 0.0
    assert 0.0 < beyond_turnover(1, 1) < beyond_turnover(2, 2) < beyond_turnover(30, 30) == MOST
    assert beyond_turnover(0, 200) < beyond_turnover(0, 10) < 0.0


def test_a_share_that_turnover_explains_speaks_for_departures() -> None:
    assert beyond_turnover(4, 100) < 0.0 < beyond_turnover(30, 100)


def test_two_shares_differ_by_as_much_as_the_cases_allow() -> None:
    assert differs(5, 5, 0, 0) == 0.0
    assert differs(2, 40, 2, 40) == 0.0
    assert 0.0 < differs(4, 4, 0, 4) < differs(20, 20, 1, 40)
    assert differs(1, 40, 20, 20) == -differs(20, 20, 1, 40)


def test_that_nobody_has_left_grows_unlikely_with_the_words() -> None:
    assert none_departed(0) == pytest.approx(0.0, abs=1e-12)
    assert 0.0 < none_departed(10) < none_departed(300)


def test_who_has_left_is_known_by_who_stands_alone() -> None:
    assert departed(0, 0) == (0.0, 0.0)
    assert departed(0, 100) == (0.0, 100.0)
    assert departed(0, 100, 7) == (7.0, 100.0)
    for share in (0.02, 0.1, 0.25):
        gone, words = departed(round(100_000 * share * (1 - share) ** 2), round(100_000 * (1 - share)))
        assert gone / words == pytest.approx(share, abs=0.002)
    assert departed(50, 10)[0] < 10.0
    assert 0.0 < departed_share(0.0, 0.0) < 0.1
    assert departed_share(500.0, 1000.0) == pytest.approx(0.5, abs=0.01)


def test_what_is_refused_beyond_what_has_left_is_alive() -> None:
    assert excess(200, 1000, 50, 1000) == pytest.approx(log_odds(1 - 50 / 200), abs=0.3)
    assert excess(50, 1000, 50, 1000) < -1.5
    assert excess(10, 1000, 50, 1000) < -4.0
    assert excess(20, 20, 0, 0) > 1.5


def test_few_cases_leave_doubt_about_an_excess() -> None:
    assert abs(excess(1, 5, 0, 0)) < abs(excess(200, 1000, 40, 1000))
    assert excess(2, 10, 20, 1000) < excess(20, 100, 20, 1000) < excess(200, 1000, 20, 1000)


def test_a_run_is_bounded_by_acceptances() -> None:
    series = ReplySeries()
    for at, letter in enumerate("..xxx.x"):
        series.add(float(at), accepted=letter == ".")
    assert series.run(3) == RefusalRun(3, 2.0, 4.0, 1.0, 5.0)
    assert series.run(6) == RefusalRun(1, 6.0, 6.0, 5.0, None)
    assert series.neighbours(3, 2) == (2, 4)
    assert series.between(1.0, 3.0) == (2, 3)
    assert series.refused == 4


def test_a_third_refused_is_more_than_leaves_a_company_and_one_in_thirty_is_not() -> None:
    many, few = campaign_of(words("..x" * 12)), campaign_of(words("." * 15 + "x" + "." * 15))
    assert share_refused.share_refused_here(case(many, 2)) > 2.0
    assert share_refused.share_refused_here(case(few, 15)) < -0.5
    assert share_refused.share_refused_here(case(campaign_of(words("x")), 0)) == 0.0


@pytest.mark.parametrize("weigh", [runs.refused_nearby, runs.refused_adjacent])
def test_a_refusal_among_refusals_is_likelier_a_lie_than_one_among_deliveries(
    weigh: Callable[[RefusalCase], float],
) -> None:
    told = campaign_of(words("." * 20 + "x" * 20 + "." * 20 + "x" + "." * 20))
    assert weigh(case(told, 30)) > 1.0
    assert weigh(case(told, 60)) < 0.0


def test_a_run_counts_the_other_refusals_in_it_up_to_eight() -> None:
    told = campaign_of(words("..xxx.x" + "x" * 20))
    assert [runs.run_length(case(told, number)) for number in (3, 6)] == [2.0, 8.0]
    assert runs.run_length(case(campaign_of(words(".x.")), 1)) == 0.0


def test_another_address_that_passes_meanwhile_gives_a_run_away() -> None:
    listed = words("." * 10 + "x" * 10, local_address="127.10.0.2")
    others = words("." * 20, start=100, local_address="127.10.0.1")
    meanwhile = [row._replace(at=STARTS + place * 10 + 5) for place, row in enumerate(others)]
    told = campaign_of([*listed, *meanwhile])
    assert runs.other_addresses_during_run(case(told, 15)) > 2.0
    assert sender_conditions.this_address_refused_more(case(told, 15)) > 1.0
    assert runs.other_addresses_during_run(case(campaign_of(listed), 15)) == 0.0


def test_an_address_whose_neighbours_are_refused_alike_is_not_the_condition() -> None:
    told = campaign_of([*words("x" * 20, local_address="127.10.0.2"), *words("x" * 20, start=50)])
    assert sender_conditions.this_address_refused_more(case(told, 5)) == 0.0


def test_the_network_counts_where_there_are_several() -> None:
    inside = [*words("x" * 8, local_address="127.10.7.1"), *words("x" * 8, start=20, local_address="127.10.7.2")]
    told = campaign_of([*inside, *words("." * 20, start=50, local_address="127.10.0.1")])
    assert sender_conditions.this_network_refused_more(case(told, 3)) > 2.0
    assert sender_conditions.this_network_refused_more(case(campaign_of(inside), 3)) == 0.0


def test_one_message_that_is_refused_while_the_other_passes_is_the_condition() -> None:
    told = campaign_of([*words("x" * 10, message="a.eml"), *words("." * 10, start=50, message="b.eml")])
    assert sender_conditions.this_message_refused_more(case(told, 3)) > 2.0
    assert sender_conditions.this_message_refused_more(case(campaign_of(words("x" * 10, message="a.eml")), 3)) == 0.0


def test_further_messages_of_a_connection_are_held_against_first_ones() -> None:
    told = campaign_of([*words("x" * 10, position=9), *words("." * 10, start=50, position=1)])
    assert sender_conditions.later_in_the_connection(case(told, 3)) > 2.0
    first = campaign_of([*words("." * 10, position=9), *words("x" * 10, start=50, position=1)])
    assert sender_conditions.later_in_the_connection(case(first, 53)) == 0.0


def test_a_block_ends_after_a_time_that_vendors_are_known_for() -> None:
    five_minutes = campaign_of(words("." * 5 + "x" * 30 + "." * 5))
    ten_seconds = campaign_of(words("." * 5 + "x" * 30 + "." * 5, every_s=0.3))
    assert runs.as_long_as_a_known_block(case(five_minutes, 10)) == 1.0
    assert runs.as_long_as_a_known_block(case(ten_seconds, 10)) == 0.0
    assert runs.as_long_as_a_known_block(case(campaign_of(words("." * 5 + "x" * 30)), 10)) == 0.0


def test_refusals_at_the_same_minutes_of_every_hour_are_told_from_others() -> None:
    hourly = campaign_of(words(("." * 30 + "x" * 6) * 6, every_s=100.0))
    steady = campaign_of(words(("." * 8 + "x") * 24, every_s=100.0))
    assert runs.same_minute_each_hour(case(hourly, 33)) > 2.0
    assert runs.same_minute_each_hour(case(steady, 80)) <= 0.0


def test_what_a_small_company_cannot_tell_others_can() -> None:
    listed = {"local_address": "127.10.0.2", "mx": "mx1.one.iphmx.com"}
    here = words("x", start=50, mx_address="127.1.0.9", **listed)
    there = words("." * 40 + "x" * 30, mx_address="127.1.0.1", domain="beta.example", **listed)
    other = words("." * 70, start=200, mx_address="127.1.0.1", mx="mx1.one.iphmx.com", domain="beta.example")
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


def test_refusals_count_as_alone_by_source_and_where_they_are_not_openly_about_the_sending() -> None:
    assert isolated(words(".x.x..xx.l.x")) == IsolatedRefusals(2, 6)
    assert isolated([*words(".x.x.x.x.x", local_address="127.10.0.2")]) == IsolatedRefusals(4, 5)
    one, other = words("." * 6), words("x" * 6, local_address="127.10.0.2")
    alternating = [
        row._replace(at=STARTS + place) for pair in zip(one, other, strict=True) for place, row in enumerate(pair)
    ]
    assert isolated(alternating).isolated == 0


def test_what_comes_home_is_alone_as_well() -> None:
    campaign = campaign_of(words("..."))
    who = address(1)
    campaign[who] = Evidence(who, campaign[who].attempts, (REPORT._replace(recipient=who),))
    assert gather(campaign).isolated_at("") == IsolatedRefusals(0, 3, 1)
    assert excess_over_turnover.isolated_beyond_turnover(case(campaign, 1)) < 0.0


def elsewhere_too(pattern: str, *, start: int = 1000) -> list[Attempt]:
    """Return words at another vendor's exchanger."""
    there = {"mx": "mx1.one.iphmx.com", "mx_address": "127.1.0.9", "domain": "beta.example"}
    return words(pattern, start=start, **there)


def test_among_refusals_one_is_alive_and_all_the_more_where_fewer_have_left_elsewhere() -> None:
    run = words("." * 40 + "x" * 10 + "." * 40)
    weigh = excess_over_turnover.refused_beyond_turnover
    assert weigh(case(campaign_of([*run, *elsewhere_too("." * 300)]), 45)) > 2.0
    assert weigh(case(campaign_of(run), 45)) > weigh(case(campaign_of([*run, *elsewhere_too("...x" * 60)]), 45))
    assert weigh(case(campaign_of(words("..x..")), 2)) == 0.0


def test_one_condition_is_enough_to_explain_a_refusal() -> None:
    told = [*words("xx.." * 5, message="a.eml"), *words("." * 100, start=50, message="b.eml")]
    assert excess_over_turnover.refused_beyond_turnover(case(campaign_of(told), 5)) > 1.0
    greeted = campaign_of([*words("xx", stage="connect"), *words("." * 30, start=50)])
    assert excess_over_turnover.refused_beyond_turnover(case(greeted, 0)) > 1.5


def test_where_more_stand_alone_than_elsewhere_the_server_refuses_the_living_too() -> None:
    much, alike = words("...x" * 20 + "."), words("." * 19 + "x" + "." * 30)
    weigh = excess_over_turnover.isolated_beyond_turnover
    assert weigh(case(campaign_of([*much, *elsewhere_too(("." * 30 + "x") * 10 + ".")]), 39)) > 0.5
    assert weigh(case(campaign_of([*much, *elsewhere_too("...x" * 60 + ".")]), 39)) < -1.0
    assert weigh(case(campaign_of([*alike, *elsewhere_too(("." * 30 + "x") * 10 + ".")]), 19)) < -1.0
    assert weigh(case(campaign_of(words("..xx..")), 2)) == 0.0


def test_who_takes_everybody_says_nothing_about_the_list() -> None:
    much = words("...x" * 20 + ".")
    aged, everybody = elsewhere_too("...x" * 15 + "."), elsewhere_too("." * 200, start=3000)
    everybody = [row._replace(mx_address="127.1.0.10") for row in everybody]
    assert campaign_of([*much, *aged]).keys() < campaign_of([*much, *aged, *everybody]).keys()
    with_them = gather(campaign_of([*much, *aged, *everybody])).isolated_elsewhere("")
    assert with_them == gather(campaign_of([*much, *aged])).isolated_elsewhere("")


def test_a_short_block_explains_what_ten_words_around_it_do_not() -> None:
    found = case(campaign_of(words("." * 60 + "xxxx" + "." * 60)), 61)
    near, wide = found.series.neighbours(61, 3), found.series.neighbours(61, 10)
    assert near[0] / near[1] > 2 * wide[0] / wide[1]
    gone = departed(*found.observations.isolated_elsewhere(""))
    assert excess(*near, *gone) > excess(*wide, *gone)
    assert excess_over_turnover.refused_beyond_turnover(found) == pytest.approx(excess(*near, *gone))


def test_an_outage_that_every_source_meets_is_seen_by_all_together() -> None:
    rows = []
    for place, letter in enumerate("." * 60 + "x" * 30 + "." * 60):
        rows += words(letter, start=place, local_address=f"127.10.0.{place % 15 + 1}")
    found = case(campaign_of(rows), 75)
    assert found.position is not None
    together = found.overall.neighbours(found.position.overall, 10)
    gone = departed(*found.observations.isolated_elsewhere(""))
    assert excess_over_turnover.refused_beyond_turnover(found) == pytest.approx(excess(*together, *gone))
