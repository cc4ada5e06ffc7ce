"""What was found out about the doubtful recipients of a run, as a document of JSON: ``diagnoses.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.document import as_document
from probe.diagnose.doubtful import Doubt, Group, has_passed, is_settled

SCHEMA: Final = 1
FILE: Final = "diagnoses.json"
"""The file beside the books of a run."""
_DIGITS: Final = 4


class DoubtfulRun(NamedTuple):
    """The groups of a run's doubtful recipients, and what could be spent on them."""

    scenario: str
    groups: Sequence[Group]
    budget: Budget

    @property
    def recipients(self) -> int:
        """How many recipients were doubtful."""
        return sum(len(group.members) for group in self.groups)

    @property
    def settled(self) -> int:
        """Of how many it is known now whether they are alive."""
        return sum(group.settled for group in self.groups)

    @property
    def asked(self) -> int:
        """How many recipients were asked about."""
        return sum(len(group.asked) for group in self.groups)

    @property
    def experiments(self) -> int:
        """How many experiments were made."""
        return sum(len(each.steps) for group in self.groups for each in group.asked.values())

    @property
    def left(self) -> Budget:
        """What may be spent on the next recipient: no more than on one alone, and what is left for all."""
        usual, made, cost = Budget(), self.experiments, self.cost
        return Budget(min(usual.cost, self.budget.cost - cost), min(usual.experiments, self.budget.experiments - made))

    @property
    def cost(self) -> float:
        """What they cost."""
        return sum(each.cost for group in self.groups for each in group.asked.values())


def run_as_document(run: DoubtfulRun) -> dict[str, Any]:
    """Return what was found as a document. Times are in seconds since the epoch, probabilities between 0 and 1."""
    return {
        "schema": SCHEMA,
        "scenario": run.scenario,
        "recipients": run.recipients,
        "settled": run.settled,
        "asked": run.asked,
        "experiments": run.experiments,
        "cost": round(run.cost, 2),
        "budget": {"experiments": run.budget.experiments, "cost": run.budget.cost},
        "groups": [_group(each) for each in run.groups],
    }


def _group(group: Group) -> dict[str, Any]:
    return {
        **group.likeness._asdict(),
        "causes": _rounded(group.all_causes),
        "alive": round(sum(group.alive(each) for each in group.members) / len(group.members), _DIGITS),
        "settled": group.settled,
        "recipients": [_member(group, each) for each in group.members],
        "diagnoses": [_diagnosis(each) for each in group.asked.values()],
    }


def _diagnosis(diagnosis: Diagnosis) -> dict[str, Any]:
    passed = has_passed(diagnosis)
    return as_document(diagnosis) | {"has_passed": passed} | ({"causes": {}, "advice": []} if passed else {})


def _member(group: Group, member: Doubt) -> dict[str, Any]:
    finding = group.finding(member)
    return {
        "recipient": member.attempt.recipient,
        "campaign": member.attempt.campaign,
        "alive_before": round(member.alive, _DIGITS),
        "alive": round(finding.alive, _DIGITS),
        "is_settled": is_settled(finding.alive),
        "asked": finding.asked,
        "causes": _rounded(finding.causes),
    }


def _rounded(causes: Mapping[Cause, float]) -> dict[str, float]:
    return {cause.value: share for cause, weight in causes.items() if (share := round(weight, _DIGITS))}
