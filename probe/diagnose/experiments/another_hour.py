"""The same dialogue after five hours: hourly limits have passed, and the time of day is another."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment("another-hour", "Has it passed at another hour?", Conditions(wait_s=18_000.0))
