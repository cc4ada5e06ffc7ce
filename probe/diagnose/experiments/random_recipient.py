"""A recipient that cannot exist: is it refused in the same words, or taken by a catch-all?"""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Recipient
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "random-recipient",
    "What is said of a recipient that does not exist?",
    Conditions(recipient=Recipient.RANDOM),
    frozenset({"random"}),
)
