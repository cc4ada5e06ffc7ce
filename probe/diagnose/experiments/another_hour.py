"""The same dialogue after five hours: hourly limits have passed, and the time of day is another."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment("another-hour", "Is it still refused five hours later?", Conditions(wait_s=18_000.0))
