"""The scorecard's laws: who scores how, whoever reads and in whatever order the rows come."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Iterable
from typing import Any

import pytest
from book_rows import attempt, refused, truth
from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause, Truth
from probe.classify import Evidence, Reading
from probe.classify.registry import BASELINES
from probe.judge.classifier_score import score_classifier
from probe.judge.join import join
from probe.judge.run_classifier import read_all
from probe.judge.scorecard import Scorecard, score_truth
from probe.judge.story import Key, Story, build_stories
from probe.ledger import Mailbox
from probe.records.attempt import Attempt

GONE, KEPT = Reading(Cause.USER_UNKNOWN), Reading(Cause.CONTENT)
people = st.lists(st.tuples(st.sampled_from(MailboxState), st.booleans()), max_size=30)


def population(drawn: Iterable[tuple[MailboxState, bool]]) -> tuple[dict[Key, Story], dict[Key, Reading]]:
    """Return people in these states, and a classifier's word on each: True suppresses."""
    told: dict[Key, Story] = {}
    readings: dict[Key, Reading] = {}
    for number, (state, suppress) in enumerate(drawn):
        name = f"person{number}@acme.example"
        told["news", name] = Story(Evidence(name, (refused(recipient=name),)), None, state)
        readings["news", name] = GONE if suppress else KEPT
    return told, readings


@given(people)
def test_every_recipient_is_counted_once(drawn: list[tuple[MailboxState, bool]]) -> None:
    score = score_classifier(*population(drawn))
    gone = sum(not state.alive for state, _ in drawn)
    suppressed = sum(suppress for _, suppress in drawn)
    assert score.rightly_suppressed + score.missed_dead == gone
    assert score.rightly_suppressed + score.wrongly_suppressed == suppressed
    assert score.precision == (pytest.approx(score.rightly_suppressed / suppressed, abs=1e-6) if suppressed else 1.0)
    assert score.recall == (pytest.approx(score.rightly_suppressed / gone, abs=1e-6) if gone else 1.0)


@given(people)
def test_rates_and_recall_lie_within_their_intervals(drawn: list[tuple[MailboxState, bool]]) -> None:
    score = score_classifier(*population(drawn))
    for name in ("wrongly_suppressed_rate", "missed_dead_rate", "precision", "recall"):
        low, high = getattr(score, f"{name.removesuffix('_rate')}_interval")
        assert 0.0 <= low <= getattr(score, name) <= high <= 1.0


@given(people)
def test_knowing_the_truth_is_to_score_perfectly(drawn: list[tuple[MailboxState, bool]]) -> None:
    score = score_classifier(*population((state, not state.alive) for state, _ in drawn))
    assert (score.wrongly_suppressed, score.missed_dead) == (0, 0)
    assert (score.wrongly_suppressed_rate, score.missed_dead_rate) == (0.0, 0.0)
    assert (score.precision, score.recall) == (1.0, 1.0)


@given(people)
def test_saying_the_opposite_turns_right_into_wrong(drawn: list[tuple[MailboxState, bool]]) -> None:
    score = score_classifier(*population(drawn))
    contrary = score_classifier(*population((state, not suppress) for state, suppress in drawn))
    alive = sum(state.alive for state, _ in drawn)
    assert contrary.missed_dead == score.rightly_suppressed
    assert contrary.rightly_suppressed == score.missed_dead
    assert contrary.wrongly_suppressed == alive - score.wrongly_suppressed


@given(people)
def test_swapping_the_living_with_the_gone_and_suppress_with_keep_swaps_the_errors(
    drawn: list[tuple[MailboxState, bool]],
) -> None:
    mirrored = [
        (MailboxState.DEPARTED if state.alive else MailboxState.PRESENT, not suppress) for state, suppress in drawn
    ]
    score, mirror = score_classifier(*population(drawn)), score_classifier(*population(mirrored))
    assert (mirror.missed_dead, mirror.wrongly_suppressed) == (score.wrongly_suppressed, score.missed_dead)
    assert mirror.missed_dead_rate == score.wrongly_suppressed_rate
    assert mirror.missed_dead_interval == score.wrongly_suppressed_interval


@given(people, st.randoms(use_true_random=False))
def test_the_order_of_recipients_does_not_matter(drawn: list[tuple[MailboxState, bool]], rng: random.Random) -> None:
    told, readings = population(drawn)
    shuffled = list(told)
    rng.shuffle(shuffled)
    assert score_classifier({name: told[name] for name in shuffled}, readings) == score_classifier(told, readings)


def test_whom_a_classifier_says_nothing_about_is_kept() -> None:
    told, _ = population([(MailboxState.DEPARTED, False), (MailboxState.PRESENT, False)])
    score = score_classifier(told, {})
    assert (score.missed_dead, score.wrongly_suppressed) == (1, 0)


def test_a_classifier_is_shown_the_evidence_and_nothing_else() -> None:
    seen: list[Any] = []

    class Listening:
        def classify(self, *evidence: Any) -> Reading:
            seen.append(evidence)
            return KEPT

    told, _ = population([(MailboxState.DEPARTED, False)])
    read_all("listening", Listening(), told)
    assert seen == [(story.evidence,) for story in told.values()]


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
    told = build_stories(join(decided, heard).pairs, MAILBOXES)
    card = Scorecard("small", 7, "memory", complete=True, recipients=6, attempts=len(heard))
    readings = {name: read_all(name, BASELINES[name](), told) for name in BASELINES}
    score_truth(card, told, readings["code"], ["acme", "beta", "idle"])
    card.classifiers = {name: score_classifier(told, readings[name]) for name in BASELINES}
    return card


def test_the_last_attempt_of_each_recipient_decides() -> None:
    card = card_of(DECIDED, HEARD)
    assert (card.delivered, card.junked) == (2, 1)
    assert card.hard_bounces_reported + card.refused_otherwise + card.given_up == 4
    assert (card.hard_bounces_reported, card.hard_bounce_rate) == (2, 0.333333)  # cat and dan of six
    assert (card.truth.recipient_fault, card.truth.disguised, card.truth.misread) == (1, 1, 0)
    assert card.truth.by_cause["velocity"].refused == 0  # bob's deferral was not the end of it


def test_gateways_are_told_apart_and_whom_nobody_reached_belongs_to_none() -> None:
    gateways = card_of(DECIDED, HEARD).gateways
    assert list(gateways) == ["acme", "beta", "idle"]
    assert [(score.recipients, score.delivered, score.hard_bounces) for score in gateways.values()] == [
        (4, 2, 2),
        (1, 0, 0),
        (0, 0, 0),
    ]


def test_an_address_that_no_directory_has_is_nobodys_any_more() -> None:
    card = card_of(DECIDED, HEARD)
    assert (card.truth.alive, card.truth.gone) == (4, 2)  # fox is in no directory


def test_mailboxes_are_found_whatever_the_case_of_the_senders_list() -> None:
    told = build_stories([(attempt(recipient="Bob@acme.example"), None)], MAILBOXES)
    assert told["news", "Bob@acme.example"].mailbox is MailboxState.FULL


@given(st.randoms(use_true_random=False))
def test_permuting_the_rows_of_different_recipients_changes_nothing(rng: random.Random) -> None:
    decided, heard = list(DECIDED), list(HEARD)
    for rows in (decided, heard):
        rank = {name: rng.random() for name in sorted({row.recipient for row in rows})}
        # Sorting is stable: a recipient's own rows keep their order.
        rows.sort(key=lambda row: rank[row.recipient])
    assert dataclasses.asdict(card_of(decided, heard)) == dataclasses.asdict(card_of(DECIDED, HEARD))


def test_what_is_told_truthfully_is_misread_and_not_disguised() -> None:
    honest = truth(code=550, cause="ip-reputation", claimed="ip-reputation", fate="refused")
    card = card_of([honest], [refused()])
    assert (card.hard_bounces_reported, card.truth.misread, card.truth.disguised) == (1, 1, 0)


def test_a_lie_about_something_else_than_the_recipient_is_no_disguise() -> None:
    lie = truth(code=550, cause="content", claimed="policy", honest=False, fate="refused")
    card = card_of([lie], [refused()])
    assert (card.truth.misread, card.truth.disguised) == (1, 0)


def test_a_lie_about_somebody_who_is_gone_harms_nobody() -> None:
    lie = truth(recipient="dan@acme.example", code=550, cause="content", claimed="user-unknown", honest=False,
                fate="refused")  # fmt: skip
    card = card_of([lie], [refused(recipient="dan@acme.example")])
    assert (card.truth.recipient_fault, card.truth.disguised) == (1, 0)
    assert (card.truth.by_cause["content"].refused, card.truth.by_cause["content"].disguised) == (1, 0)


def test_nobody_mailed_is_no_division_by_zero() -> None:
    card = card_of([], [])
    assert (card.hard_bounces_reported, card.hard_bounce_rate, card.delivered) == (0, 0.0, 0)
