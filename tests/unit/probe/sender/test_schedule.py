"""When mail goes out: office hours in every zone, pools, warm-up, rotation, shared transactions."""

from __future__ import annotations

import itertools
import random
from collections import Counter
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning import transactions_to

from probe.scenario.sending import Campaign, Hours, Sender
from probe.sender.recipients import Delivery, ListEntry
from probe.sender.schedule import OfficeHours, Quota

MONDAY_8 = datetime(2026, 3, 2, 8, tzinfo=UTC).timestamp()


def sender(ips: list[dict[str, Any]] | None = None, **keys: Any) -> Sender:
    """Return a sender."""
    base = {"helo": "mta1.a.example", "return_path": "b.a.example", "rate": "1/1s"}
    return Sender.model_validate({**base, "ips": ips or [{"address": "127.10.0.1"}], **keys})


def planned(
    count: int, of: Sender, *, zones: list[str] | None = None, quota: Quota | None = None, **campaign: Any
) -> list[Delivery]:
    """Return the deliveries of a campaign; recipients work in the zones by turns."""
    zones = zones or ["UTC"]
    domains = [f"c{number}.example" for number in range(5 * len(zones))]
    listed = [ListEntry(f"person{number}@{domains[number % len(domains)]}") for number in range(count)]
    transactions = transactions_to(
        listed,
        Campaign.model_validate({"name": "news", "message": "a.eml", **campaign}),
        of,
        quota=quota or Quota(MONDAY_8),
        rng=random.Random(1),
        zone_of={domain: zones[number % len(zones)] for number, domain in enumerate(domains)}.__getitem__,
    )
    return [each for transaction in transactions for each in transaction]


def local(at: float, zone: str) -> tuple[str, str]:
    """Return day and time of a moment somewhere."""
    moment = datetime.fromtimestamp(at, ZoneInfo(zone))
    return moment.strftime("%a").lower(), moment.strftime("%H:%M")


def test_mail_goes_out_in_the_office_hours_of_each_recipient() -> None:
    zones = ["Europe/Berlin", "America/New_York", "Asia/Tokyo"]
    found = planned(300, sender(rate="60/1h"), zones=zones, hours={"from": "09:00", "until": "17:00"})
    assert sorted(each.number for each in found) == list(range(300))
    for each in found:
        day, time = local(each.at, zones[each.number % 3])
        assert day not in {"sat", "sun"}
        assert "09:00" <= time < "17:00"


def test_the_rate_holds_within_the_hours() -> None:
    found = planned(200, sender(rate="60/1h"), hours={"from": "08:00", "until": "10:00", "zone": "UTC"})
    at = sorted(each.at for each in found)
    assert min(later - earlier for earlier, later in itertools.pairwise(at)) >= 60 - 1e-6
    assert at[0] == MONDAY_8
    assert local(at[119], "UTC") == ("mon", "09:59")
    assert local(at[120], "UTC") == ("tue", "08:00")


def test_the_hours_of_one_zone_are_everybodys_where_the_campaign_says_so() -> None:
    found = planned(10, sender(), hours={"from": "12:00", "until": "13:00", "zone": "Europe/Berlin"})
    assert {local(each.at, "Europe/Berlin")[1] for each in found} == {"12:00"}


@given(st.floats(0, 4e9), st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"]))
def test_the_next_opening_is_within_the_hours_and_not_before(at: float, zone: str) -> None:
    opens = OfficeHours(Hours(), zone).opens(at)
    assert opens >= at
    assert opens - at <= 4 * 86_400
    day, time = local(opens, zone)
    assert day not in {"sat", "sun"}
    assert "09:00" <= time < "17:00"


def test_hours_that_a_day_does_not_have_are_waited_for_until_the_next_week() -> None:
    # On 29 March 2026 the clocks of Berlin go from 02:00 to 03:00.
    hours = Hours.model_validate({"from": "02:00", "until": "03:00", "days": ["sun"]})
    monday = datetime(2026, 3, 23, tzinfo=UTC).timestamp()
    opens = OfficeHours(hours, "Europe/Berlin").opens(monday)
    assert datetime.fromtimestamp(opens, ZoneInfo("Europe/Berlin")).isoformat() == "2026-04-05T02:00:00+02:00"


def test_a_campaign_goes_out_from_its_pool_alone() -> None:
    of = sender([{"address": "127.10.0.1", "pool": "bulk"}, {"address": "127.10.0.2", "pool": "best"}])
    assert {each.source for each in planned(50, of, pool="best")} == {"127.10.0.2"}
    assert len({each.source for each in planned(50, of)}) == 2


def test_an_address_that_warms_up_sends_what_its_plan_allows_and_the_rest_waits() -> None:
    of = sender([{"address": "127.10.0.1", "warm_up": [10, 20]}], rate="1/1s")
    days = Counter(int((each.at - MONDAY_8) // 86_400) for each in planned(100, of))
    assert days == {0: 10, 1: 20, 2: 70}


def test_what_a_cold_address_may_not_send_goes_to_a_warm_one() -> None:
    of = sender([{"address": "127.10.0.1", "warm_up": [10], "share": 5}, {"address": "127.10.0.2"}])
    found = planned(100, of)
    assert Counter(each.source for each in found) == {"127.10.0.1": 10, "127.10.0.2": 90}
    assert found[-1].at == MONDAY_8 + 99


def test_campaigns_share_the_warm_up() -> None:
    of, quota = sender([{"address": "127.10.0.1", "warm_up": [30]}]), Quota(MONDAY_8)
    first = planned(20, of, quota=quota)
    second = planned(20, of, quota=quota)
    assert sum(each.at < MONDAY_8 + 86_400 for each in first + second) == 30


def test_messages_take_turns_by_their_shares() -> None:
    found = planned(4000, sender(), message=[{"file": "a.eml", "share": 3}, {"file": "b.eml"}])
    counts = Counter(each.variant for each in found)
    assert counts[0] == pytest.approx(3000, abs=120)
    assert set(counts) == {0, 1}


def test_recipients_of_one_domain_share_a_transaction() -> None:
    of = sender(recipients_per_transaction=4)
    listed = [ListEntry(f"person{number}@c{number % 2}.example") for number in range(14)]
    transactions = transactions_to(
        listed,
        Campaign.model_validate({"name": "news", "message": "a.eml"}),
        of,
        quota=Quota(MONDAY_8),
        rng=random.Random(1),
    )
    assert sorted(len(each) for each in transactions) == [3, 3, 4, 4]
    assert all(len({each.recipient[-10:] for each in transaction}) == 1 for transaction in transactions)
    assert all(each.shares for transaction in transactions for each in transaction)
    assert [transaction[0].at for transaction in transactions] == [MONDAY_8, MONDAY_8 + 4, MONDAY_8 + 8, MONDAY_8 + 11]
