"""Readings: probability, advice, cause and reasons; the second verdict after a retest."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import (
    ALONE,
    BURST,
    QUIET,
    REPORT,
    UNKNOWN,
    WEEK_S,
    address,
    at_another_vendor,
    campaign_of,
    evidence_of,
    sent,
    with_retests,
)

from fake_gateways.truth import Cause
from probe.classify.context import Context
from probe.classify.context.reader import UNDECIDED, is_unsure
from probe.classify.evidence import Diagnosed, Evidence, Opened
from probe.classify.reading import Advice, Reading
from probe.records.attempt import Attempt


def reading_of(attempts: list[Attempt], number: int) -> Reading:
    """Return the reading of a recipient, by number."""
    return Context().classify_campaign(campaign_of(attempts))[address(number)]


def test_an_isolated_refusal_is_probably_right_and_one_in_a_run_is_probably_wrong() -> None:
    alone, in_a_run = reading_of(sent(QUIET), ALONE), reading_of(sent(BURST), 30)
    assert alone.alive is not None
    assert in_a_run.alive is not None
    assert alone.alive < 0.15
    assert in_a_run.alive > 0.6


def test_the_advice_follows_from_the_probability() -> None:
    assert reading_of(sent(QUIET), ALONE).advice is Advice.SUPPRESS
    assert reading_of(sent(BURST), 30).advice is Advice.RETEST
    assert reading_of(sent(QUIET), 3) == Reading(None, "delivered", 0.998, Advice.KEEP)


def test_a_reply_that_does_not_mention_the_recipient_is_no_reason_to_suppress_or_retest() -> None:
    reading = reading_of(sent("." * 30 + "l" + "." * 30, text="Message refused, it is spam", enhanced="5.7.1"), 30)
    assert reading.advice is Advice.KEEP
    assert reading.cause is Cause.CONTENT


@pytest.mark.parametrize(
    ("alive", "asked", "advice"),
    [
        (0.01, True, Advice.SUPPRESS),
        (0.3, True, Advice.SUPPRESS),
        (0.3, False, Advice.RETEST),
        (0.5, True, Advice.RETEST),
        (0.99, True, Advice.KEEP),
        (0.99, False, Advice.RETEST),
        (1.0, True, Advice.KEEP),
        (0.0, True, Advice.SUPPRESS),
    ],
)
def test_what_experiments_have_shown_takes_the_place_of_the_first_verdict(
    *, alive: float, asked: bool, advice: Advice
) -> None:
    campaign = campaign_of(sent(QUIET))
    shown = Diagnosed({Cause.IP_REPUTATION: 0.9, Cause.USER_UNKNOWN: 0.1}, alive, asked, STARTS)
    campaign[address(ALONE)] = replace(campaign[address(ALONE)], diagnosis=shown)
    reading = Context().classify_campaign(campaign)[address(ALONE)]
    assert reading.alive == pytest.approx(alive, abs=1e-4)
    assert (reading.cause, reading.advice) == (Cause.IP_REPUTATION, advice)
    assert "experiments" in reading.reason


def test_a_cause_that_experiments_leave_open_follows_from_the_circumstances() -> None:
    campaign = campaign_of(sent(QUIET))
    shown = Diagnosed({Cause.CONTENT: 0.4, Cause.VELOCITY: 0.3, Cause.POLICY: 0.3}, 0.02, asked=True, at=STARTS)
    campaign[address(ALONE)] = replace(campaign[address(ALONE)], diagnosis=shown)
    assert Context().classify_campaign(campaign)[address(ALONE)].cause is Cause.USER_UNKNOWN


def test_unsure_is_who_is_not_kept_and_not_surely_gone() -> None:
    assert is_unsure(Reading(None, "", 0.5, Advice.RETEST))
    assert is_unsure(Reading(None, "", 0.1, Advice.SUPPRESS))
    assert is_unsure(Reading(None, "", None, Advice.SUPPRESS))
    assert not is_unsure(Reading(None, "", 0.01, Advice.SUPPRESS))
    assert not is_unsure(Reading(None, "", 0.9, Advice.KEEP))


def test_a_full_mailbox_is_kept() -> None:
    reading = reading_of(sent(QUIET, text="mailbox is full", enhanced="5.2.2"), ALONE)
    assert (reading.cause, reading.advice) == (Cause.MAILBOX_FULL, Advice.KEEP)


def test_a_domain_that_no_longer_exists_is_suppressed() -> None:
    gone = attempt(
        recipient=address(0), outcome="failed", code=None, text="null MX", failure="no-route", stage="connect"
    )
    reading = reading_of([gone], 0)
    assert (reading.cause, reading.advice) == (Cause.BAD_DOMAIN, Advice.SUPPRESS)


def test_a_deferred_recipient_is_kept() -> None:
    assert reading_of([refused(recipient=address(0), code=451)], 0).advice is Advice.KEEP


def test_reasons_name_the_evidence_and_its_weight() -> None:
    reasons = reading_of(sent(BURST), 30).reason
    assert re.fullmatch(r"[a-z ]+ [+-]\d+\.\d(, [a-z ]+ [+-]\d+\.\d){0,3}", reasons), reasons


def test_a_recipient_refused_again_while_others_are_accepted_is_gone() -> None:
    others = dict.fromkeys(range(20, 40), ".")
    reading = reading_of(with_retests(BURST, {**others, 30: "x"}), 30)
    assert reading.alive is not None
    assert reading.alive < 0.15
    assert reading.advice is Advice.SUPPRESS
    assert "refused again" in reading.reason


def test_a_second_refusal_says_less_where_other_exchangers_refuse_again_too() -> None:
    def alive(letter: str) -> float:
        again = with_retests(BURST, {30: "x"})
        there = [
            row._replace(number=2, at=STARTS + WEEK_S + number, seq=5000 + number)
            for number in range(1020, 1040)
            for row in at_another_vendor(letter, start=number)
        ]
        return reading_of([*again, *at_another_vendor(BURST), *there], 30).alive or 0.0

    assert alive("x") > alive(".") + 0.03


def test_a_second_refusal_before_any_recipient_is_no_reason_to_suppress_and_the_doubt_is_handed_on() -> None:
    rows = [*with_retests(BURST, {}), *(row._replace(stage="mail") for row in with_retests(BURST, {30: "x"})[60:])]
    reading = reading_of([row._replace(stage="mail") if row.outcome == "refused" else row for row in rows], 30)
    assert reading.advice is Advice.RETEST
    assert UNDECIDED in reading.reason


def test_a_recipient_accepted_at_the_retest_is_delivered() -> None:
    assert reading_of(with_retests(BURST, {30: "."}), 30).reason == "delivered"


def test_a_delivery_by_the_next_exchanger_in_the_same_round_is_not_a_retest() -> None:
    first = refused(recipient=address(0), mx_address="127.1.0.1", seq=1, **UNKNOWN)
    second = attempt(recipient=address(0), mx_address="127.1.0.2", seq=2, at=STARTS + 1)
    assert reading_of([first, second], 0).reason == "delivered"


def test_a_recipient_without_a_known_position_is_still_read() -> None:
    who = "zed@acme.example"
    row: dict[str, Any] = {"recipient": who, "at": STARTS + 1000, **UNKNOWN}
    elsewhere = {"mx_address": "127.1.0.2", "mx": "mx2.acme.example", "code": 450, "text": "try later"}
    evidence = evidence_of(
        refused(**row, number=1, seq=900, stage="mail"),
        attempt(**{**row, **elsewhere}, outcome="deferred", number=1, seq=901),
        refused(**{**row, "at": STARTS + 2000}, number=2, seq=902, local_address="127.10.0.9"),
    )
    campaign = campaign_of(sent("." * 30 + "x" + "." * 30))
    assert 0.0 < (Context().classify_campaign({**campaign, who: evidence})[who].alive or 0.0) < 0.5
    bare = evidence_of(refused(**row, stage=""))
    assert 0.0 < (Context().classify_campaign({**campaign, who: bare})[who].alive or 0.0) < 0.5


def test_a_recipient_accepted_at_the_retest_and_then_reported_is_gone() -> None:
    who = address(34)
    campaign = campaign_of(sent("." * 30 + "x" * 9 + "." * 30))
    taken = attempt(recipient=who, at=STARTS + WEEK_S, number=2, seq=999)
    report = REPORT._replace(recipient=who, at=STARTS + WEEK_S + 60)
    campaign[who] = evidence_of(campaign[who].attempts[0], taken, returned=(report,))
    assert Context().classify_campaign(campaign)[who].advice is Advice.SUPPRESS


def reported(numbers: range, **told: Any) -> dict[str, Evidence]:
    """Return a campaign of sixty accepted recipients, some of whom a delivery report says were refused in the end."""
    campaign = campaign_of(sent("." * 60))
    for number in numbers:
        who = address(number)
        campaign[who] = replace(campaign[who], returned=(REPORT._replace(recipient=who, **told),))
    return campaign


def test_a_report_is_doubted_where_many_come_at_once_and_believed_where_it_comes_alone() -> None:
    alone, at_once = (
        Context().classify_campaign(reported(numbers))[address(30)] for numbers in (range(30, 31), range(20, 40))
    )
    assert alone.advice is Advice.SUPPRESS
    assert at_once.advice is Advice.RETEST
    assert (at_once.alive or 0.0) > 2 * (alone.alive or 0.0)


@pytest.mark.parametrize(
    ("told", "advice"),
    [
        ({"status": "4.4.7", "code": None, "text": "QUEUE.Expired; message expired"}, Advice.KEEP),
        ({"status": "5.4.7", "code": None, "text": "QUEUE.Expired; message expired"}, Advice.KEEP),
        ({"status": "5.7.1", "code": 554, "text": "message refused as spam"}, Advice.KEEP),
        ({"status": "5.2.2", "code": 552, "text": "mailbox is full"}, Advice.KEEP),
        ({}, Advice.SUPPRESS),
    ],
)
def test_words_and_status_of_a_report_weigh_as_they_do_in_a_reply(told: dict[str, Any], advice: Advice) -> None:
    assert Context().classify_campaign(reported(range(30, 31), **told))[address(30)].advice is advice


def test_a_recipient_accepted_after_a_report_is_delivered() -> None:
    campaign, who = reported(range(20, 40)), address(30)
    taken = attempt(recipient=who, at=STARTS + WEEK_S, number=2, seq=999)
    campaign[who] = replace(campaign[who], attempts=(*campaign[who].attempts, taken))
    assert Context().classify_campaign(campaign)[who].reason == "delivered"


def test_a_domain_that_takes_no_mail_any_more_at_the_retest_is_gone() -> None:
    campaign, who = campaign_of(sent(BURST)), address(30)
    away = attempt(recipient=who, at=STARTS + WEEK_S, number=2, seq=999, outcome="failed", code=None, text="null MX",
                   failure="no-route", stage="connect")  # fmt: skip
    campaign[who] = evidence_of(*campaign[who].attempts, away)
    reading = Context().classify_campaign(campaign)[who]
    assert (reading.cause, reading.advice) == (Cause.BAD_DOMAIN, Advice.SUPPRESS)


def test_who_opened_the_last_message_is_more_likely_alive() -> None:
    campaign, who = campaign_of(sent(QUIET)), address(ALONE)
    delivered = evidence_of(attempt(recipient=who, at=STARTS - 30 * 86_400))
    opened = (Opened(STARTS - 30 * 86_400, "opened", "<1@x>"),)

    def alive(**known: Any) -> float:
        now = replace(campaign[who], **known)
        return Context().classify_campaign({**campaign, who: now})[who].alive or 0.0

    unknown, taken, read = alive(), alive(before=(delivered,)), alive(before=(delivered,), opened=opened)
    assert read >= taken > unknown
