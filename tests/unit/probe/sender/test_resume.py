"""What is left of a lane at a server that is not ours, by what the books hold of it."""

from __future__ import annotations

import pytest
from book_rows import attempt, refused
from lane_harness import due, run

from probe.records.attempt import Attempt
from probe.records.rows import Intent
from probe.scenario.sending import Retry
from probe.sender.messages import MessageBuilder, MessageFile
from probe.sender.recipients import Delivery
from probe.sender.resume import RemainingWork, remaining_work
from probe.sender.retry import RetrySchedule
from probe.sender.template import Template

STARTS = 1_772_438_400.0
PEOPLE = ("ann@acme.example", "ben@acme.example")
TOGETHER = tuple(Delivery("news", n, who, STARTS, "127.10.0.1", {}, shares=True) for n, who in enumerate(PEOPLE))
LETTER = MessageFile("news.eml", Template(b"From: news@sender.example\n\nHello.\n", "news.eml"))
MAIL = MessageBuilder("mta1.sender.example", "bounce.sender.example", {"news": (LETTER,)})


def left(*, meant: int, tried: int = 0) -> RemainingWork:
    """Return what is left of one transaction for two, so often meant to be sent and so often tried."""
    attempts = [
        attempt(lane="acme", seq=seq, at=STARTS, duration_s=1.0, recipient=who, outcome="deferred", code=450)
        for seq, who in enumerate(PEOPLE * tried, 1)
    ]
    return left_after(
        attempts, [Intent("acme", "news", who, number) for number in range(1, meant + 1) for who in PEOPLE]
    )


def left_after(attempts: list[Attempt], intents: list[Intent]) -> RemainingWork:
    """Return what is left of one transaction for two."""
    schedule = RetrySchedule(Retry())
    return remaining_work("acme", [TOGETHER], attempts, intents, schedule=schedule, messages=MAIL, starts=STARTS)


def test_what_was_not_begun_is_untried() -> None:
    assert left(meant=0).untried == (TOGETHER,)


def test_what_was_deferred_waits_for_its_next_attempt() -> None:
    found = left(meant=1, tried=1)
    assert found.untried == found.in_doubt == ()
    assert [(at, due.number, due.first_at) for at, due in found.queued] == [(STARTS + 301, 2, STARTS)] * 2


def test_what_was_in_hand_is_in_doubt_under_the_message_that_went_out() -> None:
    found = left(meant=1)
    assert found.untried == found.queued == ()
    assert [(row.recipient, row.number, row.message_id, row.return_path) for row in found.in_doubt] == [
        (who, 1, "<news.0@mta1.sender.example>", "news+0@bounce.sender.example") for who in PEOPLE
    ]


def test_a_retry_that_was_in_hand_is_in_doubt_too() -> None:
    found = left(meant=2, tried=1)
    assert found.untried == found.queued == ()
    assert [(row.recipient, row.number) for row in found.in_doubt] == [(who, 2) for who in PEOPLE]
    assert found.written == 4


def after(*attempts: Attempt) -> RemainingWork:
    """Return what is left after attempts at Ann, while Ben was not tried."""
    return left_after(
        list(attempts), [Intent("acme", "news", PEOPLE[0], number) for number in range(1, len(attempts) + 1)]
    )


REFUSED = refused(lane="acme", at=STARTS, duration_s=1.0)
DAY_S = 86_400.0


def test_who_was_refused_may_be_retested() -> None:
    found = after(REFUSED)
    assert found.queued == ()
    assert found.refused == ((TOGETHER[0], 2, STARTS + 1),)
    assert found.past == (REFUSED,)


def test_who_was_refused_again_at_a_retest_or_accepted_is_done() -> None:
    for again in (REFUSED, attempt()):
        found = after(REFUSED, again._replace(number=2, at=STARTS + DAY_S, seq=2))
        assert (found.queued, found.refused) == ((), ())


def test_a_retest_that_was_deferred_goes_on_from_its_own_source_and_its_own_beginning() -> None:
    again = refused(code=450, number=2, at=STARTS + DAY_S, seq=2, duration_s=1.0, local_address="127.10.0.2")
    ((at, due),) = after(REFUSED, again).queued
    assert (at, due.number, due.first_at, due.test) == (STARTS + DAY_S + 601, 3, STARTS + DAY_S, True)
    assert due.deliveries == (TOGETHER[0]._replace(source="127.10.0.2"),)


@pytest.mark.parametrize("who", ["refused", "unsure"])
def test_a_lane_retests_who_was_refused_before_the_interruption(who: str) -> None:
    listed = {"policy": [{"type": "ip-reputation", "deny": ["127.10.0.1"], "until": "1h"}],
              "claims": {"ip-reputation": "user-unknown"}}  # fmt: skip
    before = run(due(0), **listed).attempts
    meant = [Intent("acme", "news", before[0].recipient, 1)]
    remaining = remaining_work(
        "acme", due(0), before, meant, schedule=RetrySchedule(Retry()), messages=MAIL, starts=STARTS
    )
    done = run([], **listed, remaining=remaining, retest={"after": "2h", "who": who})
    assert [(row.seq, row.number, row.outcome) for row in done.attempts] == [(2, 2, "delivered")]
    assert done.began[0] >= 7200
