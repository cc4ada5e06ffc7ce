"""The tenth transaction of a connection: limits for each connection apply."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "later-in-connection", "Is it different late in a connection?", Conditions(transactions_before=9)
)
