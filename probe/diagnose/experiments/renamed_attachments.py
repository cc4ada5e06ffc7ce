"""The message of the campaign with other names for its attachments: rules about names have nothing to refuse."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "renamed-attachments",
    "Are the names of the attachments the reason?",
    Conditions(content=Content.RENAMED),
    frozenset({"attachments"}),
    only_at=Depth.CONTENT,
)
