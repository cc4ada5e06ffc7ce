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
    campaign_of,
    evidence_of,
    sent,
    with_retests,
)

from fake_gateways.truth import Cause
from probe.classify.context import Context
from probe.classify.context.reader import is_unsure
from probe.classify.evidence import Diagnosed
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
    assert in_a_run.alive > 0.7


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


def test_a_second_refusal_says_little_where_all_recipients_are_refused_again() -> None:
    everybody = dict.fromkeys(range(20, 40), "x")
    first, second = reading_of(sent(BURST), 30).alive, reading_of(with_retests(BURST, everybody), 30)
    assert first is not None
    assert second.alive == pytest.approx(first, abs=0.15)
    assert second.advice is Advice.KEEP


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
    assert 0.0 < (Context().classify_campaign({**campaign, who: evidence})[who].alive or 0.0) < 0.2
    bare = evidence_of(refused(**row, stage=""))
    assert 0.0 < (Context().classify_campaign({**campaign, who: bare})[who].alive or 0.0) < 0.5


def test_a_recipient_accepted_at_the_retest_and_then_reported_is_gone() -> None:
    who = address(34)
    campaign = campaign_of(sent("." * 30 + "x" * 9 + "." * 30))
    taken = attempt(recipient=who, at=STARTS + WEEK_S, number=2, seq=999)
    campaign[who] = evidence_of(campaign[who].attempts[0], taken, returned=(REPORT._replace(recipient=who),))
    assert Context().classify_campaign(campaign)[who].advice is Advice.SUPPRESS
