"""Another address of the same network: lists of single addresses do not hold it."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Source
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "neighbour",
    "Is another address of ours refused too?",
    Conditions(source=Source.NEIGHBOUR),
    frozenset({"neighbour"}),
)
