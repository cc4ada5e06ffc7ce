"""The same dialogue after twenty minutes: greylists and short limits have passed."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment("after-minutes", "Is it still refused after twenty minutes?", Conditions(wait_s=1200.0))
