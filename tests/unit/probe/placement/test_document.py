"""The document about placement: parts with their shares, the alarm, and what could not be seen."""

from __future__ import annotations

import json

from json_schema import faults
from placing import days, placed

from probe.placement.document import found, schema
from probe.placement.placed import Placed, Where
from probe.placement.share import Seeds

ROWS: list[Placed] = [
    placed("spring", "ann@freemail", source="203.0.113.7", variant="a", took_s=4.0),
    placed("spring", "bob@freemail", Where.JUNK, source="203.0.113.7", variant="b", took_s=8.0),
    placed("spring", "cy@webmail", Where.MISSING, why="discarded"),
    placed("spring", "dee@webmail", Where.OTHER, why="Promotions"),
    placed("spring", "eve@mail", None, why="the login is refused"),
    placed("summer", "ann@freemail", day=1, source="203.0.113.8"),
]


def test_messages_are_counted_by_campaign_provider_address_and_content() -> None:
    shown = found(ROWS)
    spring, summer = shown.campaigns
    assert (spring.name, spring.seeds, spring.providers, spring.not_seen) == ("spring", 4, 2, 1)
    assert (spring.inbox, spring.junk, spring.other, spring.missing) == (1, 1, 1, 1)
    assert (spring.share, spring.seconds) == (0.25, 6.0)
    assert spring.low < 0.25 < spring.high
    assert (summer.share, summer.seconds) == (1.0, None)
    assert [each.name for each in shown.providers] == ["freemail", "mail", "webmail"]
    assert [each.name for each in shown.sources] == ["203.0.113.7", "203.0.113.8"]
    assert [each.name for each in shown.variants] == ["a", "b"]
    assert (shown.all.seeds, shown.all.inbox) == (4, 2)


def test_nothing_is_known_of_mailboxes_that_could_not_be_read() -> None:
    shown = found(ROWS)
    mail = shown.providers[1]
    assert (mail.share, mail.low, mail.high, mail.not_seen) == (None, 0.0, 1.0, 1)
    assert shown.not_seen == {}
    assert found(ROWS[:5]).not_seen == {"eve@mail": "the login is refused"}


def test_one_provider_has_the_exact_interval_of_its_seeds() -> None:
    freemail = found(ROWS[:2]).providers[0]
    assert (freemail.low, freemail.high) == (0.0126, 0.9874)


def test_in_a_lab_the_true_shares_stand_beside() -> None:
    true = {
        ("spring", "freemail"): Seeds(60, 100),
        ("spring", "webmail"): Seeds(0, 100),
        ("summer", "freemail"): Seeds(90, 100),
    }
    shown = found(ROWS, true)
    assert [each.true_share for each in shown.campaigns] == [0.3, 0.9]
    assert [each.true_share for each in shown.providers] == [0.75, None, 0.0]
    assert shown.all.true_share == 0.5


def test_the_alarm_takes_one_check_for_each_campaign_in_the_order_of_time() -> None:
    shown = found(list(days([23, 22] * 10 + [15, 15, 15]))[::-1])
    assert [each.campaign for each in shown.checks] == [f"day {day}" for day in range(23)]
    assert [each.is_raised for each in shown.checks[:20]] == [False] * 20
    assert shown.is_raised
    assert shown.checks[-1].fallen


def test_it_follows_its_schema() -> None:
    document = json.loads(json.dumps(found(ROWS).model_dump(mode="json", by_alias=True)))
    assert list(faults(document, schema(), schema())) == []
    assert list(faults({**document, "more": 1}, schema(), schema()))
