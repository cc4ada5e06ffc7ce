"""The same dialogue over TLS: whoever requires TLS accepts it."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment("over-tls", "Is it accepted over TLS?", Conditions(tls=True), frozenset({"tls"}))
