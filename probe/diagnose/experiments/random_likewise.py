"""A recipient that cannot exist, as the refused one was taken: if it is taken too, that says nothing of the mailbox."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from probe.diagnose.conditions import Conditions, Recipient
from probe.diagnose.experiment import Experiment

EXPERIMENT = Experiment(
    "random-likewise",
    "Is a recipient that does not exist taken as well?",
    Conditions(recipient=Recipient.RANDOM),
    frozenset({"random", "taken"}),
)


def as_taken(taken: Iterable[Experiment]) -> Experiment | None:
    """Return the experiment in the conditions of the first that took the refused recipient, None if there is none."""
    for each in taken:
        if each.conditions.recipient is Recipient.REFUSED:
            return replace(EXPERIMENT, conditions=replace(each.conditions, recipient=Recipient.RANDOM))
    return None
