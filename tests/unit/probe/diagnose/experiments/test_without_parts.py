"""The experiments of a bisection differ in what they leave out."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Depth
from probe.diagnose.experiments.without_parts import without


def test_parts_are_left_out_by_their_numbers() -> None:
    experiment = without(frozenset({1, 2}))
    assert experiment.conditions == Conditions(without=frozenset({1, 2}))
    assert experiment.only_at is Depth.CONTENT
