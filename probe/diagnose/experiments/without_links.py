"""The message of the campaign without its links: lists of links have nothing to refuse."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "without-links",
    "Are the links the reason?",
    Conditions(content=Content.WITHOUT_LINKS),
    frozenset({"links"}),
    only_at=Depth.CONTENT,
)
