"""A recipient that exists: whoever refuses it too does not refuse because of the mailbox."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Recipient
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "control",
    "Is a recipient that exists refused too?",
    Conditions(recipient=Recipient.CONTROL),
    frozenset({"control"}),
)
