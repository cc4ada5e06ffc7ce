"""A message without a body: whoever refuses it refuses everything."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "empty-content", "Is an empty message refused too?", Conditions(content=Content.EMPTY), only_at=Depth.CONTENT
)
