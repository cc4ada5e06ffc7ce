"""Evidence from the text of the refusal and of other replies."""

from __future__ import annotations

import pytest
from circumstances import campaign_of, case, refused_case, sent

from probe.classify.context.evidence import wording


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
def test_what_a_text_mentions_is_recognised(text: str, function: str, says: float) -> None:
    assert getattr(wording, function)(refused_case(text=text)) == says


def test_a_text_about_a_mailbox_with_another_status_is_a_contradiction() -> None:
    assert wording.code_contradicts_text(refused_case(enhanced="5.7.1")) == 1.0
    assert wording.code_contradicts_text(refused_case(enhanced="5.1.1")) == 0.0


def test_replies_that_blame_the_sender_at_the_same_stage_are_evidence_of_life() -> None:
    campaign = campaign_of([*sent("x"), *sent("llll", start=1)])
    assert wording.others_blamed_at_this_stage(case(campaign, 0)) > 1.0
    assert wording.others_blamed_later(case(campaign, 0)) == 0.0
    long_ago = campaign_of([*sent("x"), *sent("llll", start=1000)])
    assert wording.others_blamed_at_this_stage(case(long_ago, 0)) == 0.0


def test_replies_that_blame_the_sender_at_a_later_stage_are_evidence_of_departure() -> None:
    campaign = campaign_of([*sent("x"), *sent("llll", start=1, stage="end-of-data")])
    assert wording.others_blamed_later(case(campaign, 0)) < -1.0
    assert wording.others_blamed_at_this_stage(case(campaign, 0)) == 0.0


def test_words_that_come_in_runs_and_words_that_come_alone_are_two_causes() -> None:
    people, filtered = sent("...x" * 10 + "."), sent("x" * 12, start=41, text="No such recipient here")
    mixed = [*people, *filtered, *sent("x", start=53), *sent("." * 5, start=54)]
    assert wording.words_of_runs(case(campaign_of(mixed), 45)) > 3.0
    assert wording.words_of_runs(case(campaign_of(mixed), 53)) < -3.0
    assert wording.words_of_runs(case(campaign_of(people), 3)) == 0.0
