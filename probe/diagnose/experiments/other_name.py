"""Another name in EHLO, whose PTR record matches: rules about the name of the client do not apply."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "other-name", "Is it still refused under another EHLO name?", Conditions(other_name=True), frozenset({"name"})
)
