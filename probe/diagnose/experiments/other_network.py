"""An address of another network: reputation does not reach it."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Source
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "other-network",
    "Is an address of another network refused too?",
    Conditions(source=Source.ELSEWHERE),
    frozenset({"elsewhere"}),
)
