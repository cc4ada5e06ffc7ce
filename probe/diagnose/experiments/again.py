"""The same dialogue once more: the refusal may have passed."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment("again", "Is it still refused?", Conditions())
