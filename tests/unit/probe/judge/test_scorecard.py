"""The scorecard: how recipients, gateways and hard bounces are counted."""

from __future__ import annotations

import dataclasses
import random

import pytest
from book_rows import attempt, refused, truth
from hypothesis import given
from hypothesis import strategies as st
from tallied import tallied

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Truth
from probe.classify.registry import BASELINES
from probe.classify.spec import REPORTED
from probe.judge.join import join
from probe.judge.run_classifier import read_all
from probe.judge.scorecard import NAIVE, CauseScore, ReturnedScore, Scorecard, naive_of, returned_score
from probe.judge.story import build_stories
from probe.records.attempt import Attempt
from probe.records.rows import Mailbox

# A run of four: delivered, deferred and then delivered, disguised, gone. Two attempts more, in another gateway's books.
DECIDED = [
    truth(seq=1),
    truth(seq=2, recipient="bob@acme.example", code=452, cause="velocity", claimed="velocity", fate="deferred"),
    truth(seq=3, recipient="bob@acme.example", fate="junk"),
    truth(seq=4, recipient="cat@acme.example", code=550, enhanced="5.1.1", cause="content", claimed="user-unknown",
          honest=False, fate="refused"),
    truth(seq=5, recipient="dan@acme.example", code=550, enhanced="5.1.1", cause="user-unknown",
          claimed="user-unknown", mailbox="departed", fate="refused"),
    truth(seq=1, gateway="beta", recipient="eve@beta.example", code=554, cause="content", claimed="content",
          fate="refused"),
]  # fmt: skip
HEARD = [
    attempt(),
    refused(recipient="bob@acme.example", code=452),
    attempt(recipient="bob@acme.example", number=2),
    refused(recipient="cat@acme.example", enhanced="5.1.1", stage="end-of-data"),
    refused(recipient="dan@acme.example", enhanced="5.1.1"),
    refused(recipient="eve@beta.example", code=554, stage="end-of-data"),
    refused(recipient="fox@beta.example", code=None, failure="unreachable", stage="connect"),
]
MAILBOXES = {
    address: Mailbox(address, "beta" if "@beta" in address else "acme", state, None)
    for address, state in {
        "ann@acme.example": "present",
        "bob@acme.example": "full",
        "cat@acme.example": "present",
        "dan@acme.example": "departed",
        "eve@beta.example": "present",
    }.items()
}


def card_of(decided: list[Truth], heard: list[Attempt]) -> Scorecard:
    """Return the scorecard of a run."""
    stories = build_stories(join(decided, heard).pairs, MAILBOXES)
    readings = {name: read_all(name, BASELINES[name](), stories) for name in BASELINES}
    card = Scorecard("small", 7, "memory", complete=True, recipients=6, attempts=len(heard))
    return tallied(stories, readings, ["acme", "beta", "idle"], card=card)


def test_the_last_attempt_of_each_recipient_decides() -> None:
    card = card_of(DECIDED, HEARD)
    assert (card.delivered, card.junked) == (2, 1)
    assert card.hard_bounces_reported + card.refused_otherwise + card.given_up == 4
    assert (card.hard_bounces_reported, card.hard_bounce_rate) == (2, 0.333333)  # cat and dan of six
    assert (card.truth.recipient_fault, card.truth.disguised, card.truth.misread) == (1, 1, 0)
    assert card.truth.by_cause["velocity"].refused == 0  # bob's deferral was not the end of it


def test_recipients_count_at_the_gateway_of_their_mailbox_and_others_at_none() -> None:
    gateways = card_of(DECIDED, HEARD).gateways
    assert list(gateways) == ["acme", "beta", "idle"]
    assert [(score.recipients, score.delivered, score.hard_bounces) for score in gateways.values()] == [
        (4, 2, 2),
        (1, 0, 0),
        (0, 0, 0),
    ]


def test_an_address_that_no_directory_has_counts_as_gone() -> None:
    card = card_of(DECIDED, HEARD)
    assert (card.truth.alive, card.truth.gone) == (4, 2)  # fox is in no directory


def test_mailboxes_are_found_without_regard_to_case() -> None:
    stories = build_stories([(attempt(recipient="Bob@acme.example"), None)], MAILBOXES)
    assert stories["news", "Bob@acme.example"].mailbox is MailboxState.FULL


@given(st.randoms(use_true_random=False))
def test_permuting_the_rows_of_different_recipients_changes_nothing(rng: random.Random) -> None:
    decided, heard = list(DECIDED), list(HEARD)
    for rows in (decided, heard):
        rank = {name: rng.random() for name in sorted({row.recipient for row in rows})}
        # Sorting is stable: a recipient's own rows keep their order.
        rows.sort(key=lambda row: rank[row.recipient])
    assert dataclasses.asdict(card_of(decided, heard)) == dataclasses.asdict(card_of(DECIDED, HEARD))


def test_an_honest_refusal_with_a_hard_code_is_misread_and_not_disguised() -> None:
    honest = truth(code=550, cause="ip-reputation", claimed="ip-reputation", fate="refused")
    card = card_of([honest], [refused()])
    assert (card.hard_bounces_reported, card.truth.misread, card.truth.disguised) == (1, 1, 0)


def test_a_lie_about_another_cause_than_the_recipient_is_not_a_disguise() -> None:
    lie = truth(code=550, cause="content", claimed="policy", honest=False, fate="refused")
    card = card_of([lie], [refused()])
    assert (card.truth.misread, card.truth.disguised) == (1, 0)


def test_a_lie_about_a_gone_recipient_is_not_a_disguise() -> None:
    lie = truth(recipient="dan@acme.example", code=550, cause="content", claimed="user-unknown", honest=False,
                fate="refused")  # fmt: skip
    card = card_of([lie], [refused(recipient="dan@acme.example")])
    assert (card.truth.recipient_fault, card.truth.disguised) == (1, 0)
    assert (card.truth.by_cause["content"].refused, card.truth.by_cause["content"].disguised) == (1, 0)


@pytest.mark.parametrize(
    ("reply", "disguised"),
    [
        ({"enhanced": "5.1.1", "text": "<ann@acme.example>: User unknown"}, True),
        ({"text": "User unknown"}, True),
        ({"enhanced": "5.1.1", "text": "no"}, True),
        ({"text": "no"}, False),
        ({"enhanced": "5.1.1", "text": "Client host [127.10.0.1] blocked using bl.example"}, False),
    ],
)
def test_at_a_server_that_is_not_ours_the_reply_says_whether_it_is_a_disguise(
    reply: dict[str, str], *, disguised: bool
) -> None:
    heard = [refused(mx_address="127.9.0.1", **reply), refused(recipient="dan@acme.example", **reply)]
    stories = build_stories([(row, None) for row in heard], MAILBOXES)
    readings = {"code": read_all("code", BASELINES["code"](), stories)}
    card = tallied(stories, readings, ["acme"], card=Scorecard("small", 7, "tcp", complete=True))
    assert (card.hard_bounces_reported, card.truth.recipient_fault) == (2, 1)
    assert (card.truth.disguised, card.truth.misread) == (disguised, not disguised)
    assert card.truth.by_cause["unknown"] == CauseScore(refused=2, disguised=int(disguised))


def test_mail_that_came_back_counts_by_its_kind() -> None:
    counted = {("report", True): 2, ("complaint", True): 1, ("feedback", False): 1, ("auto-reply", True): 1,
               ("unreadable", False): 1}  # fmt: skip
    assert returned_score(counted) == ReturnedScore(
        reports=2, auto_replies=1, complaints=1, feedback=1, unreadable=1, unjoined=2
    )


def test_another_systems_report_counts_before_the_naive_reading() -> None:
    assert (naive_of([NAIVE, "text"]), naive_of([NAIVE, REPORTED])) == (NAIVE, REPORTED)


def test_a_run_without_recipients_has_rates_of_0() -> None:
    card = card_of([], [])
    assert (card.hard_bounces_reported, card.hard_bounce_rate, card.delivered) == (0, 0.0, 0)
