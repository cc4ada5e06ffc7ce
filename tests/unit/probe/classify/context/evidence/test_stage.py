"""Evidence from the dialogue, the wording, the recipient's past, retries and the kind of server."""

from __future__ import annotations

from typing import Any

import pytest
from book_rows import STARTS, attempt, refused
from circumstances import UNKNOWN, address, campaign_of, case, evidence_of, words

from probe.classify.context.case import RefusalCase
from probe.classify.context.evidence import history, retries, servers, stage, wording
from probe.classify.context.vendor import vendor_of, vendors
from probe.classify.context.words import pattern_of, read
from probe.classify.evidence import Evidence, Opened
from probe.records.returned import Returned

DAY_S = 86_400.0


def told(**columns: Any) -> RefusalCase:
    """Return the case of a recipient who was refused so."""
    return case(campaign_of(words("x", **columns)), 0)


def past(outcome: str, days: float) -> Evidence:
    """Return what an earlier campaign had come to, so many days ago."""
    row: dict[str, Any] = {"recipient": address(0), "at": STARTS - days * DAY_S}
    return evidence_of(attempt(**row) if outcome == "delivered" else refused(**row, **UNKNOWN))


def with_past(*before: Evidence, opened: tuple[Opened, ...] = ()) -> RefusalCase:
    """Return the case of a recipient with a past."""
    campaign = campaign_of(words("x"))
    campaign[address(0)] = Evidence(address(0), campaign[address(0)].attempts, (), before, opened)
    return case(campaign, 0)


@pytest.mark.parametrize(("where", "says"), [("connect", 1.0), ("ehlo", 1.0), ("mail", 1.0), ("rcpt", 0.0)])
def test_before_a_recipient_is_named_nothing_is_about_one(where: str, says: float) -> None:
    assert stage.before_any_recipient(told(stage=where)) == says


def test_a_refusal_of_the_message_comes_after_the_recipient_was_taken() -> None:
    assert stage.after_the_message(told(stage="end-of-data")) == 1.0
    assert stage.after_the_message(told(stage="rcpt")) == 0.0


def test_a_server_that_tells_others_at_once_has_no_need_of_the_message() -> None:
    late = words("x", stage="end-of-data")
    both = campaign_of([*late, *words("xxxx", start=10)])
    weigh = stage.after_message_but_others_at_rcpt
    assert weigh(case(both, 0)) == 1.0
    assert weigh(case(campaign_of(late), 0)) == 0.0
    assert weigh(case(both, 10)) == 0.0


@pytest.mark.parametrize(
    ("text", "function", "says"),
    [
        ("Spam message rejected", "text_blames_sender_only", 1.0),
        ("User unknown", "text_blames_sender_only", 0.0),
        ("mailbox unavailable, you are on a block list", "text_blames_both", 1.0),
        ("Your host [127.10.0.1] is not welcome", "text_quotes_our_address", 1.0),
        ("Your host [127.10.0.2] is not welcome", "text_quotes_our_address", 0.0),
        ("no such user, try again in 5 minutes", "text_names_a_time", 1.0),
        ("no such user", "text_names_a_time", 0.0),
        ("mailbox is over quota", "text_says_mailbox_full", 1.0),
        ("no such user", "text_says_mailbox_full", 0.0),
        ("Go away", "text_mentions_no_mailbox", 1.0),
        ("No such user here", "text_mentions_no_mailbox", 0.0),
    ],
)
def test_words_that_speak_of_something_else_say_so(text: str, function: str, says: float) -> None:
    assert getattr(wording, function)(told(text=text)) == says


def test_words_about_a_mailbox_under_numbers_about_something_else_disagree() -> None:
    assert wording.code_contradicts_text(told(enhanced="5.7.1")) == 1.0
    assert wording.code_contradicts_text(told(enhanced="5.1.1")) == 0.0


def test_what_others_are_told_openly_at_the_same_stage_gives_the_reason_away() -> None:
    campaign = campaign_of([*words("x"), *words("llll", start=1)])
    assert wording.others_blamed_at_this_stage(case(campaign, 0)) > 1.0
    assert wording.others_blamed_later(case(campaign, 0)) == 0.0
    long_ago = campaign_of([*words("x"), *words("llll", start=1000)])
    assert wording.others_blamed_at_this_stage(case(long_ago, 0)) == 0.0


def test_who_is_refused_where_others_only_failed_by_their_message_is_likelier_gone() -> None:
    campaign = campaign_of([*words("x"), *words("llll", start=1, stage="end-of-data")])
    assert wording.others_blamed_later(case(campaign, 0)) < -1.0
    assert wording.others_blamed_at_this_stage(case(campaign, 0)) == 0.0


def test_a_delivery_counts_the_more_the_fresher_it_is_and_after_a_year_no_more() -> None:
    fresh, older, old = (history.active_before(with_past(past("delivered", days))) for days in (14, 60, 400))
    assert fresh > older > 0.5
    assert old == history.active_before(with_past()) == history.active_before(with_past(past("refused", 14))) == 0.0


def test_a_later_delivery_never_makes_an_earlier_one_count_less() -> None:
    one, two = (past("delivered", 90),), (past("delivered", 90), past("delivered", 30))
    assert history.active_before(with_past(*two)) > history.active_before(with_past(*one))


def test_an_open_counts_as_a_delivery_does() -> None:
    opened = (Opened(STARTS - 30 * DAY_S, "opened", "<1@x>"),)
    assert history.active_before(with_past(opened=opened)) == history.active_before(with_past(past("delivered", 30)))


def test_who_bounced_before_is_likelier_gone_unless_it_came_back() -> None:
    assert history.bounced_before(with_past(past("refused", 90))) == -1.0
    assert history.bounced_then_delivered(with_past(past("refused", 90))) == 0.0
    returned = with_past(past("refused", 90), past("delivered", 30))
    assert (history.bounced_before(returned), history.bounced_then_delivered(returned)) == (0.0, 1.0)


def test_a_deferral_before_the_refusal_is_told_and_so_are_its_words() -> None:
    first = refused(recipient=address(0), at=STARTS - 300, seq=0, code=451, text="Too many messages from your address")
    again = case(campaign_of([first, *(row._replace(number=2) for row in words("x"))]), 0)
    assert (retries.deferred_first(again), retries.deferred_for_sending(again)) == (1.0, 1.0)
    quiet = case(campaign_of([first._replace(text="try later"), *words("x")]), 0)
    assert (retries.deferred_first(quiet), retries.deferred_for_sending(quiet)) == (1.0, 0.0)
    assert retries.deferred_first(told()) == 0.0


def test_a_server_that_refuses_nobody_but_in_one_run_takes_everybody() -> None:
    assert servers.accepts_everybody_else(case(campaign_of(words("." * 60 + "xxx" + "." * 60)), 61)) > 0.5
    assert servers.accepts_everybody_else(case(campaign_of(words("." * 60 + "xxx" + ".x" * 30)), 61)) == 0.0


def test_a_report_tells_what_a_server_behind_the_filter_looked_up() -> None:
    taken = attempt(recipient=address(0))
    report = Returned("acme", 1, STARTS + 60, "", "news", address(0), "report", "failed", "5.1.1", 550, "not found", "",
                      "return-path", "")  # fmt: skip
    campaign = {address(0): Evidence(address(0), (taken,), (report,))}
    found = case(campaign, 0)
    assert servers.refused_by_report(found) == -1.0
    assert found.position is None
    assert servers.refused_by_report(told()) == 0.0


def test_words_that_were_taken_back_in_a_later_campaign_say_nothing_about_mailboxes() -> None:
    campaign = campaign_of([*words("x"), *words("....", start=1)])
    for number in range(1, 5):
        before = evidence_of(refused(recipient=address(number), at=STARTS - DAY_S, **UNKNOWN))
        campaign[address(number)] = Evidence(address(number), campaign[address(number)].attempts, (), (before,))
    assert servers.same_text_later_accepted(case(campaign, 0)) > 1.0
    assert servers.same_text_later_accepted(told()) == 0.0


def test_a_pattern_leaves_out_what_varies() -> None:
    first = pattern_of("<ann@acme.example>: no such user [F8sEQ5n634JR.uk125] mx1.acme.example", "ann@acme.example")
    second = pattern_of("<bob@acme.example>: no such user [X7tEQ5n634JR.uk125] mx2.acme.example", "bob@acme.example")
    assert first == second
    assert "no such user" in first


def test_a_long_or_hostile_text_is_read_in_bounded_time() -> None:
    assert len(pattern_of("a@" * 100_000)) <= 600
    assert read(pattern_of("\x1b[2J" + "1" * 10_000)).cause is None


@pytest.mark.parametrize(
    ("mx", "greeting", "vendor"),
    [
        ("mx0a-0001.pphosted.com", "", "Proofpoint"),
        ("mx.acme.example", "mx.google.com ESMTP ab12 - gsmtp", "Google"),
        ("mx.acme.example", "mx.acme.example ESMTP Postfix", "Postfix"),
        ("mx.acme.example", "hello", ""),
    ],
)
def test_a_vendor_is_known_by_its_exchanger_or_its_greeting(mx: str, greeting: str, vendor: str) -> None:
    assert vendor_of(mx, greeting) == vendor


def test_every_vendor_can_be_recognised() -> None:
    assert all(each.mx or each.greeting for each in vendors().values())
