"""Another domain and another name: rules about the names of the sender do not apply, wherever they look for them."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "other-identity",
    "Is another domain under another EHLO name refused too?",
    Conditions(other_domain=True, other_name=True),
    frozenset({"domain", "name"}),
)
