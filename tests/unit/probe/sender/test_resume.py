"""What is left of a lane at a server that is not ours, by what the books hold of it."""

from __future__ import annotations

from book_rows import attempt

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
    intents = [Intent("acme", "news", who, number) for number in range(1, meant + 1) for who in PEOPLE]
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
