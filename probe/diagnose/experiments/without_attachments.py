"""The message of the campaign without its attachments: rules about files have nothing to refuse."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "without-attachments",
    "Are the attachments the reason?",
    Conditions(content=Content.WITHOUT_ATTACHMENTS),
    frozenset({"attachments"}),
    only_at=Depth.CONTENT,
)
