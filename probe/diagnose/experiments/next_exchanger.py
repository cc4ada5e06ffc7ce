"""The next exchanger of the domain: it may have other rules, or be in order."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "next-exchanger", "Does the next exchanger refuse it too?", Conditions(exchanger=1), frozenset({"exchanger"})
)
