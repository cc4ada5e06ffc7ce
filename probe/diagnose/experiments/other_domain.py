"""Another domain in the return-path and From: rules about the sender's domain do not apply."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "other-domain", "Is another sender domain refused too?", Conditions(other_domain=True), frozenset({"domain"})
)
