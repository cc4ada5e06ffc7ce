"""Adaptive sending: pauses and retests that follow from the refusals so far."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from book_rows import returned
from lane_harness import STARTS, due, run

from probe.judge.join import join
from probe.sender.lane import Lane

LIFTED: dict[str, Any] = {
    "policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "until": "1h"}],
    "claims": {"ip-reputation": "user-unknown"},
}


def test_who_was_refused_is_tried_once_more_from_another_address() -> None:
    done = run(due(0), mailboxes={"ann@acme.example": "departed"},
               ips=[{"address": "127.10.0.1"}, {"address": "127.10.0.2"}],
               retest={"after": "1d", "who": "refused"})  # fmt: skip
    assert done.began[0] == 0
    assert 1.125 <= done.began[1] / 86_400 <= 1.875
    assert [(row.number, row.local_address, row.outcome) for row in done.attempts] == [
        (1, "127.10.0.1", "refused"),
        (2, "127.10.0.2", "refused"),
    ]
    assert done.finished == 1
    assert join(done.truths, done.attempts).whole


def test_further_attempts_keep_to_their_own_pace() -> None:
    done = run(due(*range(3)), **LIFTED, retest={"after": "2h", "who": "refused", "rate": "2/1h"})
    assert [round(at) for at in done.began] == [0, 1, 2, 9376, 11437, 13237]
    assert [row.outcome for row in done.attempts] == ["refused"] * 3 + ["delivered"] * 3


def test_further_attempts_come_at_other_hours_and_are_spread_over_the_day() -> None:
    done = run(due(*range(30)), **LIFTED, retest={"after": "7d", "who": "refused", "rate": "60/1h"})
    hours = sorted((at - 7 * 86_400) / 3600 for at in done.began[30:])
    assert len(hours) == 30
    assert 3.0 <= hours[0] < hours[-1] <= 21.1
    assert max(after - before for before, after in itertools.pairwise(hours)) < 1.5


def test_who_was_refused_in_a_run_is_tried_again_and_nobody_who_was_accepted() -> None:
    people = [f"person{number}@acme.example" for number in range(800)]
    gone = set(people[300::100])
    boxes = {each: "departed" if each in gone else "present" for each in people}
    block = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "until": "30s"}],
             "claims": {"ip-reputation": "user-unknown"}}  # fmt: skip
    deliveries = [due(float(place), recipient=each)[0] for place, each in enumerate(people)]
    done = run(deliveries, mailboxes=boxes, **block, retest={"after": "2h"})
    again = {row.recipient for row in done.attempts if row.number == 2}
    assert set(people[:30]) <= again <= set(people[:30]) | gone


def test_when_a_run_of_refusals_is_not_about_the_recipients_the_sender_pauses() -> None:
    blocked = {**LIFTED, "policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": "connect", "until": "1h"}]}
    plain, pausing = (
        run(due(*range(10)), **blocked, **how) for how in ({}, {"pause": {"when": "context", "for": "2h"}})
    )
    assert sum(row.outcome == "refused" for row in plain.attempts) == 10
    assert sum(row.outcome == "refused" for row in pausing.attempts) < 5
    assert pausing.finished == 10


def test_while_one_address_pauses_what_waits_may_go_out_from_another() -> None:
    blocked = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": "connect"}],
               "claims": {"ip-reputation": "user-unknown"},
               "ips": [{"address": "127.10.0.1"}, {"address": "127.10.0.2"}]}  # fmt: skip
    done = run(due(*range(10)), **blocked, pause={"when": "context", "for": "2h", "switch": True})
    delivered = [row for row in done.attempts if row.outcome == "delivered"]
    assert len(delivered) >= 6
    assert {row.local_address for row in delivered} == {"127.10.0.2"}
    assert max(done.began) < 7200


def test_a_block_that_does_not_end_is_not_waited_out_for_ever() -> None:
    blocked = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "at": "connect"}],
               "claims": {"ip-reputation": "user-unknown"}}  # fmt: skip
    done = run(due(*range(40)), **blocked, pause={"when": "context", "for": "1h"})
    assert len(done.attempts) == done.finished == 40
    assert max(done.began) < 14 * 3600


@pytest.mark.parametrize(("who", "reported", "again"), [("unsure", 20, 20), ("refused", 1, 1)])
def test_who_was_accepted_and_is_reported_later_is_tried_again_like_who_was_refused(
    who: str, reported: int, again: int
) -> None:
    people = [f"person{number}@acme.example" for number in range(60)]

    def prepare(lane: Lane) -> None:
        async def bring(at: float) -> None:
            for each in people[20 : 20 + reported]:
                lane.hear(returned(campaign="news", recipient=each, at=at))

        lane.later(STARTS + 3600.0, bring)

    deliveries = [due(float(place), recipient=each)[0] for place, each in enumerate(people)]
    done = run(deliveries, mailboxes=dict.fromkeys(people, "present"), prepare=prepare,
               retest={"after": "2h", "who": who})  # fmt: skip
    assert len(done.attempts) == 60 + again
    assert {row.number for row in done.attempts[60:]} <= {2}
    assert done.finished == 60
