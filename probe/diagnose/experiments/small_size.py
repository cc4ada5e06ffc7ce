"""A small message is announced (RFC 1870): limits of size have nothing to refuse. It is not sent."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Content, Depth
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "small-size",
    "Is a small message refused too, when it is announced?",
    Conditions(content=Content.NEUTRAL),
    frozenset({"size"}),
    only_at=Depth.RCPT,
)
