"""A plain message as large as that of the campaign: whoever refuses it refuses the size."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "same-size",
    "Is a plain message of the same size refused too?",
    Conditions(content=Content.SAME_SIZE),
    only_at=Depth.CONTENT,
)
