"""The laws of a classifier's score: what is counted, in which order, and how the errors are broken down."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping

import pytest
from book_rows import STARTS, attempt, refused, truth
from hypothesis import given
from hypothesis import strategies as st
from tallied import tallied

from fake_gateways.people.directory import MailboxState
from fake_gateways.truth import Cause
from probe.classify import Advice, Evidence, Reading
from probe.judge.classifier_score import ClassifierScore, Site, class_seen, true_class
from probe.judge.errors import ErrorCounts
from probe.judge.story import Key, Story
from probe.judge.tally import MOST_BY_HOUR_S
from probe.scenario.prices import MistakePrices

GONE, KEPT = Reading(Cause.USER_UNKNOWN), Reading(Cause.CONTENT)
people = st.lists(st.tuples(st.sampled_from(MailboxState), st.booleans()), max_size=30)


def population(drawn: Iterable[tuple[MailboxState, bool]]) -> tuple[dict[Key, Story], dict[Key, Reading]]:
    """Return recipients in these states, and a classifier's reading of each: True suppresses."""
    stories: dict[Key, Story] = {}
    readings: dict[Key, Reading] = {}
    for number, (state, suppress) in enumerate(drawn):
        name = f"person{number}@acme.example"
        stories["news", name] = Story(Evidence(name, (refused(recipient=name),)), None, state)
        readings["news", name] = GONE if suppress else KEPT
    return stories, readings


def score_classifier(
    stories: Mapping[Key, Story],
    readings: Mapping[Key, Reading],
    sites: Mapping[str, Site] | None = None,
    prices: MistakePrices | None = None,
) -> ClassifierScore:
    """Return the score of one classifier."""
    return tallied(stories, {"mine": readings}, sites or {}, prices=prices).classifiers["mine"]


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
def test_rates_precision_and_recall_lie_within_their_intervals(drawn: list[tuple[MailboxState, bool]]) -> None:
    score = score_classifier(*population(drawn))
    for name in ("wrongly_suppressed_rate", "missed_dead_rate", "precision", "recall"):
        low, high = getattr(score, f"{name.removesuffix('_rate')}_interval")
        assert 0.0 <= low <= getattr(score, name) <= high <= 1.0


@given(people)
def test_a_classifier_that_knows_the_truth_scores_perfectly(drawn: list[tuple[MailboxState, bool]]) -> None:
    score = score_classifier(*population((state, not state.alive) for state, _ in drawn))
    assert (score.wrongly_suppressed, score.missed_dead) == (0, 0)
    assert (score.wrongly_suppressed_rate, score.missed_dead_rate) == (0.0, 0.0)
    assert (score.precision, score.recall) == (1.0, 1.0)


@given(people)
def test_the_opposite_advice_turns_right_into_wrong(drawn: list[tuple[MailboxState, bool]]) -> None:
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
    stories, readings = population(drawn)
    shuffled = list(stories)
    rng.shuffle(shuffled)
    assert score_classifier({name: stories[name] for name in shuffled}, readings) == score_classifier(stories, readings)


def test_a_missing_reading_counts_as_keep() -> None:
    stories, _ = population([(MailboxState.DEPARTED, False), (MailboxState.PRESENT, False)])
    score = score_classifier(stories, {})
    assert (score.missed_dead, score.wrongly_suppressed) == (1, 0)


def test_a_recipient_to_be_retested_counts_as_kept() -> None:
    stories, _ = population([(MailboxState.PRESENT, True)])
    score = score_classifier(stories, dict.fromkeys(stories, Reading(Cause.USER_UNKNOWN, wish=Advice.RETEST)))
    assert (score.retested, score.wrongly_suppressed) == (1, 0)


def test_prices_apply_to_the_errors() -> None:
    stories, readings = population([(MailboxState.PRESENT, True), (MailboxState.DEPARTED, False)])
    score = score_classifier(stories, readings, prices=MistakePrices(living=25.0, dead=0.5))
    assert (score.cost.living, score.cost.dead, score.cost.total) == (25.0, 0.5, 25.5)


def test_probabilities_count_for_recipients_that_bounced() -> None:
    stories, _ = population([(MailboxState.PRESENT, False)])
    delivered = "news", "ann@acme.example"
    stories[delivered] = Story(Evidence(delivered[1], (attempt(),)), truth(), MailboxState.PRESENT)
    score = score_classifier(stories, dict.fromkeys(stories, Reading(None, alive=0.9)))
    assert score.calibration is not None
    assert score.calibration.cases == 1


def test_errors_are_broken_down_by_gateway_persona_cause_stage_size_and_time() -> None:
    row = refused(stage="rcpt")
    decided = truth(code=550, cause="content", claimed="user-unknown", honest=False, fate="refused")
    stories: dict[Key, Story] = {("news", row.recipient): Story(Evidence(row.recipient, (row,)), decided,
                                                                MailboxState.PRESENT, "acme")}  # fmt: skip
    score = score_classifier(stories, dict.fromkeys(stories, GONE), {"acme": Site("cisco-esa", 50)})
    assert score.parts == {
        name: {value: ErrorCounts(alive=1, wrongly_suppressed=1)}
        for name, value in {
            "cause": "content", "gateway": "acme", "persona": "cisco-esa", "size": "11 to 50", "stage": "rcpt",
            "time": "2026-03-02T08",
        }.items()
    }  # fmt: skip


def test_a_long_run_is_broken_down_by_days() -> None:
    rows = [refused(), refused(campaign="later", at=STARTS + MOST_BY_HOUR_S + 1)]
    stories = {(row.campaign, row.recipient): Story(Evidence(row.recipient, (row,)), None, MailboxState.PRESENT)
               for row in rows}  # fmt: skip
    assert list(score_classifier(stories, {}).parts["time"]) == ["2026-03-02", "2026-03-04"]


def test_classes_are_named_by_cause_and_none_without_one() -> None:
    stories, _ = population([(MailboxState.PRESENT, True)])
    (bounced,) = stories.values()
    assert true_class(bounced) == "unknown"
    assert true_class(bounced._replace(evidence=Evidence("ann@acme.example", (attempt(),)))) == "none"
    assert (class_seen(GONE), class_seen(Reading(None)), class_seen(None)) == ("user-unknown", "none", "none")
