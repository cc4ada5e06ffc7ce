"""Ten transactions in one connection, when limits have passed: whoever limits the rate refuses again."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "fast", "Five hours later, is it refused if we are fast?", Conditions(wait_s=18_000.0, transactions_before=9)
)
