"""The recipient and controls in one transaction: limits for each message apply."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "beside-others",
    "Is it different among several recipients?",
    Conditions(recipients_beside=2),
    frozenset({"control"}),
)
