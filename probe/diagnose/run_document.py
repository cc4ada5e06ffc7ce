"""What was found out about the doubtful recipients of a run, as a document of JSON: ``diagnoses.json``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple

from pydantic import Field

from fake_gateways.truth import Cause
from probe.diagnose.choice import Budget
from probe.diagnose.diagnosis import Diagnosis
from probe.diagnose.document import DRAFT, SCHEMA, Closed, Document, as_document
from probe.diagnose.doubtful import Doubt, Group, has_passed, is_settled

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
        return self.budget.rest(self.experiments, self.cost)

    @property
    def cost(self) -> float:
        """What they cost."""
        return sum(each.cost for group in self.groups for each in group.asked.values())


class MemberFound(Closed):
    """A doubtful recipient, and what is believed of it."""

    recipient: str
    campaign: str
    alive_before: float = Field(ge=0, le=1)
    """The probability that it is alive, as ``context`` saw it."""
    alive: float = Field(ge=0, le=1)
    """The probability that it is alive, after the experiments."""
    is_settled: bool
    """Whether it is known now whether it is alive."""
    asked: bool
    """Whether it was asked about itself, not only others of its group."""
    causes: dict[Cause, float]


class DiagnosisFound(Document):
    """The diagnosis of a member; without causes and advice if the refusal has passed."""

    has_passed: bool


class GroupFound(Closed):
    """Recipients that were refused alike."""

    campaign: str
    gateway: str
    network: str
    source: str
    stage: str
    words: str
    causes: dict[Cause, float]
    """Of all its members, by their share."""
    alive: float = Field(ge=0, le=1)
    """The share of its members that are believed to be alive."""
    settled: int
    recipients: list[MemberFound]
    diagnoses: list[DiagnosisFound]


class Spent(Closed):
    """What could be spent."""

    experiments: int
    cost: float


class RunFound(Closed):
    """What was found out about the doubtful recipients of a run. Times are in seconds since the epoch."""

    schema_: Literal[1] = Field(SCHEMA, alias="schema")
    """It rises when a key is removed or changes its meaning."""
    scenario: str
    recipients: int
    settled: int
    asked: int
    experiments: int
    cost: float
    budget: Spent
    groups: list[GroupFound]


def run_schema() -> dict[str, Any]:
    """Return the JSON Schema of ``diagnoses.json``."""
    return {
        "$schema": DRAFT,
        **RunFound.model_json_schema(mode="serialization"),
        "title": "fivefifty diagnose --doubtful",
    }


def run_as_document(run: DoubtfulRun) -> dict[str, Any]:
    """Return what was found as a document."""
    made = RunFound(
        scenario=run.scenario,
        recipients=run.recipients,
        settled=run.settled,
        asked=run.asked,
        experiments=run.experiments,
        cost=round(run.cost, 2),
        budget=Spent(experiments=run.budget.experiments, cost=run.budget.cost),
        groups=[_group(each) for each in run.groups],
    )
    return made.model_dump(mode="json", by_alias=True)


def _group(group: Group) -> GroupFound:
    return GroupFound(
        **group.likeness._asdict(),
        causes=_rounded(group.all_causes),
        alive=round(sum(group.alive(each) for each in group.members) / len(group.members), _DIGITS),
        settled=group.settled,
        recipients=[_member(group, each) for each in group.members],
        diagnoses=[_diagnosis(each) for each in group.asked.values()],
    )


def _diagnosis(diagnosis: Diagnosis) -> DiagnosisFound:
    passed = has_passed(diagnosis)
    nothing: dict[str, Any] = {"causes": {}, "advice": []} if passed else {}
    return DiagnosisFound.model_validate({**as_document(diagnosis), **nothing, "has_passed": passed})


def _member(group: Group, member: Doubt) -> MemberFound:
    finding = group.finding(member)
    return MemberFound(
        recipient=member.attempt.recipient,
        campaign=member.attempt.campaign,
        alive_before=round(member.alive, _DIGITS),
        alive=round(finding.alive, _DIGITS),
        is_settled=is_settled(finding.alive),
        asked=finding.asked,
        causes=_rounded(finding.causes),
    )


def _rounded(causes: Mapping[Cause, float]) -> dict[Cause, float]:
    return {cause: share for cause, weight in causes.items() if (share := round(weight, _DIGITS))}
