"""A message with a DKIM signature of the domain in From: rules about authentication are met."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "signed", "Is a signed message refused too?", Conditions(signed=True), frozenset({"dkim"}), only_at=Depth.CONTENT
)
