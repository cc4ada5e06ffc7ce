"""A campaign to twelve people whose every answer is known, and its scorecard worked out by hand.

    recipient  mailbox   decided for       claimed           reply              read by code   read by text
    plain      ann       present   -                 -                 250                -              -
               bob       departed  user-unknown      user-unknown      550 rejected       gone           gone
               cara      full      mailbox-full      mailbox-full      452, three times   temporary      temporary
               dora      disabled  mailbox-disabled  mailbox-disabled  550 rejected       gone           gone
    liar       eve       present   content           user-unknown      550 5.1.1 unknown  gone: wrong    gone: wrong
               fay       present   content           user-unknown      550 5.1.1 unknown  gone: wrong    gone: wrong
               gus       departed  content           user-unknown      550 5.1.1 unknown  gone           gone
    wary       hal       present   ip-reputation     ip-reputation     550 rejected       gone: wrong    policy: kept
               ida       departed  ip-reputation     ip-reputation     550 rejected       gone           policy: missed
    freemail   jan       present   - (junk)          -                 250                -              -
               kim       present   - (junk)          -                 250                -              -
               lea       departed  user-unknown      user-unknown      550 5.1.1          gone           gone

Alive are ann, cara, eve, fay, hal, jan and kim: 7. Gone are bob, dora, gus, ida and lea: 5.
Wilson's interval at 95 % has z = 1.959964, z^2 = 3.841459; for h of n its ends are
(h/n + z^2/2n -/+ z sqrt(h/n (1 - h/n)/n + z^2/4n^2)) / (1 + z^2/n).
"""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from probe.classify.registry import choose
from probe.judge.class_scores import ClassScore
from probe.judge.classifier_score import ClassifierScore
from probe.judge.errors import ErrorCounts
from probe.judge.prices import Cost
from probe.judge.result import JudgedRun
from probe.judge.scorecard import CauseScore, DeliveryCounts, Scorecard
from probe.lab.judge_run import judge_run
from probe.lab.options import Options
from probe.lab.prepare import prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.records.attempt import Attempt
from probe.scenario.load import load
from probe.scenario.prices import MistakePrices

SCENARIO = Path(__file__).parents[1] / "scenarios" / "twelve.toml"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the run."""
    return tmp_path_factory.mktemp("twelve")


@pytest.fixture(scope="module")
def result(folder: Path) -> JudgedRun:
    """Run the twelve in memory."""
    prepared = prepare(load(SCENARIO))
    return run_scenario(prepared, Options(transport="memory", out=folder, classifiers=choose(None)))


@pytest.fixture
def card(result: JudgedRun) -> Scorecard:
    """Return the scorecard."""
    return result.scorecard


def test_the_run_as_a_whole(card: Scorecard) -> None:
    assert (card.scenario, card.seed, card.transport, card.complete) == ("twelve", 12, "memory", True)
    assert card.recipients == 12
    assert card.attempts == 14  # twelve, and two more for cara, whose mailbox stays full
    assert card.delivered == 3  # ann, jan, kim
    assert card.junked == 2  # jan, kim
    assert card.hard_bounces_reported + card.refused_otherwise + card.given_up == 9
    assert card.hard_bounces_reported == 8  # bob, dora, eve, fay, gus, hal, ida, lea
    assert card.hard_bounce_rate == 0.666667  # 8/12


def test_what_was_true_of_the_hard_bounces(card: Scorecard) -> None:
    truth = card.truth
    assert (truth.alive, truth.gone) == (7, 5)
    assert truth.recipient_fault == 5  # bob, dora, gus, ida, lea
    assert truth.disguised == 2  # eve, fay
    assert truth.misread == 1  # hal, who was told the truth under code 550
    assert truth.recipient_fault + truth.disguised + truth.misread == card.hard_bounces_reported


def test_what_the_gateways_decided_for(card: Scorecard) -> None:
    told = {cause: score for cause, score in card.truth.by_cause.items() if score != CauseScore()}
    assert told == {
        "user-unknown": CauseScore(refused=2),  # bob, lea
        "mailbox-disabled": CauseScore(refused=1),  # dora
        "mailbox-full": CauseScore(refused=1),  # cara
        "content": CauseScore(refused=3, disguised=2),  # eve, fay, gus; gus is gone anyway
        "ip-reputation": CauseScore(refused=2),  # hal, ida
    }


def test_reading_by_code(card: Scorecard) -> None:
    assert headline(card, "code") == ClassifierScore(
        wrongly_suppressed=3,  # eve, fay, hal
        missed_dead=0,
        rightly_suppressed=5,
        wrongly_suppressed_rate=0.428571,  # 3/7
        # centre (0.428571 + 0.274390) / 1.548780 = 0.453881; reach 1.959964 * sqrt(0.034985 + 0.019599) / 1.548780
        wrongly_suppressed_interval=(0.15822, 0.749542),
        missed_dead_rate=0.0,
        missed_dead_interval=(0.0, 0.434482),  # 0 of 5: 3.841459 / 8.841459
        precision=0.625,  # 5/8
        # centre (0.625 + 0.240091) / 1.480182 = 0.584449; reach 1.959964 * sqrt(0.029297 + 0.015006) / 1.480182
        precision_interval=(0.305742, 0.863156),
        recall=1.0,
        recall_interval=(0.565518, 1.0),  # 5 of 5: 5 / 8.841459
        retested=0,
        f1=0.769231,  # 2 * 0.625 / 1.625
    )


def test_reading_by_text(card: Scorecard) -> None:
    assert headline(card, "text") == ClassifierScore(
        wrongly_suppressed=2,  # eve, fay
        missed_dead=1,  # ida, of whom nothing was said but that she would not be reached from here
        rightly_suppressed=4,  # bob, dora, gus, lea
        wrongly_suppressed_rate=0.285714,  # 2/7
        # centre (0.285714 + 0.274390) / 1.548780 = 0.361642; reach 1.959964 * sqrt(0.029155 + 0.019599) / 1.548780
        wrongly_suppressed_interval=(0.082219, 0.641066),
        missed_dead_rate=0.2,  # 1/5
        # centre (0.2 + 0.384146) / 1.768292 = 0.330345; reach 1.959964 * sqrt(0.032 + 0.038415) / 1.768292
        missed_dead_interval=(0.036224, 0.624465),
        precision=0.666667,  # 4/6
        # centre (0.666667 + 0.320122) / 1.640243 = 0.601611; reach 1.959964 * sqrt(0.037037 + 0.026677) / 1.640243
        precision_interval=(0.299993, 0.903229),
        recall=0.8,  # 4/5
        recall_interval=(0.375535, 0.963776),  # one minus the ends for 1 of 5
        retested=0,
        f1=0.727273,  # 2 * 0.666667 * 0.8 / 1.466667
    )


def test_keeping_everybody(card: Scorecard) -> None:
    assert headline(card, "always-keep") == ClassifierScore(
        wrongly_suppressed=0,
        missed_dead=5,
        rightly_suppressed=0,
        wrongly_suppressed_rate=0.0,
        wrongly_suppressed_interval=(0.0, 0.35433),  # 0 of 7: 3.841459 / 10.841459
        missed_dead_rate=1.0,
        missed_dead_interval=(0.565518, 1.0),
        precision=1.0,  # who suppresses nobody makes no mistake in it
        precision_interval=(0.0, 1.0),  # and nothing is known of it
        recall=0.0,
        recall_interval=(0.0, 0.434482),
        retested=0,
        f1=0.0,
    )


def test_the_classes_that_the_numbers_name(card: Scorecard) -> None:
    causes = card.classifiers["code"].causes
    # bob and lea truly are unknown; dora, eve, fay, gus, hal and ida are read as if they were.
    assert causes["user-unknown"] == ClassScore(true=2, seen=8, hits=2, precision=0.25, recall=1.0, f1=0.4)
    assert causes["content"] == ClassScore(true=3, seen=0, hits=0, precision=1.0, recall=0.0, f1=0.0)
    assert causes["none"] == ClassScore(true=3, seen=3, hits=3, precision=1.0, recall=1.0, f1=1.0)  # ann, jan, kim
    assert sum(each.true for each in causes.values()) == sum(each.seen for each in causes.values()) == 12


def test_the_sides_on_which_the_fault_lies(card: Scorecard) -> None:
    faults = card.classifiers["code"].faults
    # Truly the recipient's: bob, dora and lea; 2 * 0.375 / 1.375 = 0.545455.
    assert faults["recipient"] == ClassScore(true=3, seen=8, hits=3, precision=0.375, recall=1.0, f1=0.545455)
    assert faults["sender"] == ClassScore(true=5, seen=0, hits=0, precision=1.0, recall=0.0, f1=0.0)
    # cara's mailbox is full, and 452 is read as trouble that passes.
    assert faults["mailbox"] == ClassScore(true=1, seen=0, hits=0, precision=1.0, recall=0.0, f1=0.0)
    assert faults["transient"] == ClassScore(true=0, seen=1, hits=0, precision=0.0, recall=1.0, f1=0.0)


def test_who_was_taken_for_what(card: Scorecard) -> None:
    assert card.classifiers["code"].confusion == {
        "content": {"user-unknown": 3},
        "ip-reputation": {"user-unknown": 2},
        "mailbox-disabled": {"user-unknown": 1},
        "mailbox-full": {"system": 1},
        "none": {"none": 3},
        "user-unknown": {"user-unknown": 2},
    }


def test_mistakes_by_gateway_persona_cause_stage_size_and_time(card: Scorecard) -> None:
    parts = card.classifiers["code"].parts
    assert parts["gateway"]["liar"] == ErrorCounts(alive=2, wrongly_suppressed=2, gone=1, missed_dead=0)
    assert parts["persona"] == {
        "cisco-esa": ErrorCounts(alive=3, wrongly_suppressed=1, gone=3, missed_dead=0),
        "consumer": ErrorCounts(alive=2, wrongly_suppressed=0, gone=1, missed_dead=0),
        "proofpoint": ErrorCounts(alive=2, wrongly_suppressed=2, gone=1, missed_dead=0),
    }
    assert parts["cause"]["content"] == ErrorCounts(alive=2, wrongly_suppressed=2, gone=1, missed_dead=0)
    assert parts["stage"]["delivered"] == ErrorCounts(alive=3, wrongly_suppressed=0, gone=0, missed_dead=0)
    assert parts["size"] == {"1 to 10": ErrorCounts(alive=7, wrongly_suppressed=3, gone=5, missed_dead=0)}
    for part in parts.values():
        assert sum(each.alive for each in part.values()) == 7
        assert sum(each.wrongly_suppressed for each in part.values()) == 3


def test_mistakes_cost_what_the_user_says_that_they_do(folder: Path) -> None:
    prices = MistakePrices(living=40.0, dead=0.5, reputation=100.0, above=0.1)
    paid = judge_run(folder, choose(["text"]), prices=prices)
    # eve and fay at 40; ida at 0.5, who is one of six that are kept: more than a tenth.
    assert paid.scorecard.classifiers["text"].cost == Cost(living=80.0, dead=0.5, reputation=100.0, total=180.5)


def headline(card: Scorecard, name: str) -> ClassifierScore:
    """Return a classifier's counts and rates alone."""
    return dataclasses.replace(card.classifiers[name], causes={}, faults={}, confusion={}, parts={})


def test_where_the_report_lies(card: Scorecard) -> None:
    assert card.gateways == {
        "plain": DeliveryCounts(recipients=4, delivered=1, hard_bounces=2, gone=2, disguised=0),
        "liar": DeliveryCounts(recipients=3, delivered=0, hard_bounces=3, gone=1, disguised=2),
        "wary": DeliveryCounts(recipients=2, delivered=0, hard_bounces=2, gone=1, disguised=0),
        "freemail": DeliveryCounts(recipients=3, delivered=2, hard_bounces=1, gone=1, disguised=0),
    }


def test_the_gates_hold(result: JudgedRun) -> None:
    assert result.passed
    assert [(gate.name, gate.value) for gate in result.gates] == [
        ("recipients", 12),
        ("hard_bounces_reported", 8),
        ("truth.disguised", 2),
        ("classifiers.text.wrongly_suppressed", 2),
    ]


def test_a_full_mailbox_is_tried_three_times_and_given_up(result: JudgedRun, folder: Path) -> None:
    with Ledger.open(folder) as books:
        cara = [row for row in books.attempts() if row.recipient == "cara@plain.example"]
    assert [(row.number, row.outcome, row.code, row.enhanced) for row in cara] == [
        (number, "deferred", 452, "4.2.2") for number in (1, 2, 3)
    ]
    # Each wait counts from the end of the attempt before.
    ends = [row.at + row.duration_s for row in cara]
    assert [later.at - end for later, end in zip(cara[1:], ends, strict=False)] == pytest.approx([600, 1200], abs=1e-5)


def test_the_seed_changes_nothing_but_the_order(result: JudgedRun, folder: Path, tmp_path: Path) -> None:
    loaded = load(SCENARIO)
    other = loaded.scenario.model_copy(update={"seed": 13})
    prepared = prepare(type(loaded)(other, loaded.folder, loaded.path))
    again = run_scenario(prepared, Options(transport="memory", out=tmp_path, classifiers=choose(None)))
    beside = {"seed", "books"}
    assert again.scorecard.books != result.scorecard.books
    assert {key: value for key, value in again.figures().items() if key not in beside} == {
        key: value for key, value in result.figures().items() if key not in beside
    }
    assert replies(tmp_path) == replies(folder)


def replies(folder: Path) -> set[tuple[str, str, int | None]]:
    """Return what was heard about whom at which stage."""

    def heard(row: Attempt) -> tuple[str, str, int | None]:
        return row.recipient, row.stage, row.code

    with Ledger.open(folder) as books:
        return {heard(row) for row in books.attempts()}
