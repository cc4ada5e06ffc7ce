"""Scores by cause and by fault, worked out by hand."""

from __future__ import annotations

import pytest

from fake_gateways.truth import Cause, Fault
from probe.judge.class_scores import NONE, ClassScore, by_cause, by_fault, f1, fault_of, table

# True cause, cause seen: three unknown users of which two are recognised, one full mailbox taken for an unknown user,
# one delivery taken for nothing.
CONFUSION = {
    ("user-unknown", "user-unknown"): 2,
    ("user-unknown", "content"): 1,
    ("mailbox-full", "user-unknown"): 1,
    (NONE, NONE): 1,
}


def test_a_cause_is_scored_by_the_recipients_it_is_true_of_and_seen_in() -> None:
    scores = by_cause(CONFUSION)
    assert scores["user-unknown"] == ClassScore(
        true=3, seen=3, hits=2, precision=0.666667, recall=0.666667, f1=0.666667
    )
    assert scores["content"] == ClassScore(true=0, seen=1, hits=0, precision=0.0, recall=1.0, f1=0.0)
    assert scores["mailbox-full"] == ClassScore(true=1, seen=0, hits=0, precision=1.0, recall=0.0, f1=0.0)


def test_every_cause_has_a_score_and_one_that_does_not_occur_is_perfect() -> None:
    scores = by_cause(CONFUSION)
    assert set(scores) == {*(cause.value for cause in Cause), NONE}
    assert scores["virus"] == ClassScore(f1=1.0)


def test_causes_of_one_fault_are_scored_together() -> None:
    scores = by_fault(CONFUSION)
    assert set(scores) == {*(fault.value for fault in Fault), NONE}
    full = fault_of("mailbox-full")
    unknown = fault_of("user-unknown")
    assert scores[unknown].true == 3 + (full == unknown)
    assert scores[NONE] == ClassScore(true=1, seen=1, hits=1, f1=1.0)


def test_the_confusion_matrix_has_no_zeros() -> None:
    assert table(CONFUSION) == {
        "mailbox-full": {"user-unknown": 1},
        "none": {"none": 1},
        "user-unknown": {"content": 1, "user-unknown": 2},
    }


@pytest.mark.parametrize(("precision", "recall", "mean"), [(1.0, 1.0, 1.0), (0.5, 1.0, 0.666667), (0.0, 0.0, 0.0)])
def test_f1_is_the_harmonic_mean_of_precision_and_recall(precision: float, recall: float, mean: float) -> None:
    assert f1(precision, recall) == mean


def test_without_a_cause_there_is_no_fault() -> None:
    assert fault_of(NONE) == NONE
