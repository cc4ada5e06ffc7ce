"""Reads experiments again that did not settle a recipient, when more has been found about others."""

from __future__ import annotations

from dataclasses import replace

from probe.diagnose.choice import NOTHING
from probe.diagnose.diagnosis import Diagnosis, diagnose
from probe.diagnose.doubtful import Doubt, Group, is_settled
from probe.diagnose.patterns import shipped
from probe.diagnose.target import Target


def reconsidered(group: Group, member: Doubt, target: Target) -> Diagnosis:
    """Return what was found about a member; if that did not settle it, by what was found about others since."""
    found = group.asked[target.recipient]
    if is_settled(found.belief.alive):
        return found
    asking = diagnose(
        target.recipient,
        target.first,
        target.means,
        shipped(),
        NOTHING,
        earlier=[(step.experiment, step.observed) for step in found.steps],
        history=target.history,
        expecting=group.expectation(member),
        of_cause=False,
    )
    try:
        next(asking)
    except StopIteration as ended:
        found = replace(ended.value, stopped=found.stopped)
    return found
