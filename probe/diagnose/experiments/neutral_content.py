"""A short personal message: content filters have nothing to refuse."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "neutral-content", "Is a plain message refused too?", Conditions(content=Content.NEUTRAL), only_at=Depth.CONTENT
)
