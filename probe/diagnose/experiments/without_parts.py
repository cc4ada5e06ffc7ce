"""The message of the campaign without some of its parts: one of a series that finds which part is disliked."""

from __future__ import annotations

from probe.diagnose.conditions import Conditions, Depth
from probe.diagnose.experiment import Experiment


def without(numbers: frozenset[int]) -> Experiment:
    """Return the experiment that leaves out these parts."""
    number = "one" if len(numbers) == 1 else len(numbers)
    question = f"Is the message taken without {number} of its parts?"
    return Experiment("without-parts", question, Conditions(without=numbers), only_at=Depth.CONTENT)
