"""The part ``diagnoses``: in a generated world one refused recipient is diagnosed, in memory and over sockets.

Each diagnosis ends within its budget, or with one sentence. Both find the same. Probabilities are such.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from math import isclose
from pathlib import Path
from typing import Any, Final

from probe.diagnose.choice import Budget
from probe.diagnose.diagnosis import Diagnosis, Step
from probe.input_error import InputError
from probe.lab.diagnose_lab import SenderMeans, diagnose_prepared
from probe.lab.prepare import PreparedScenario, prepare
from probe.scenario.load import load
from probe.sender.transport import TransportName
from simulation.laws.left import Left
from simulation.laws.running import run_world
from simulation.part import Failure, Tried, check_numbered, numbered
from simulation.worlds import draw_world

_TRANSPORTS: Final[tuple[TransportName, ...]] = ("memory", "tcp")
_BUDGET: Final = Budget()
_CLOSE: Final = 0.01
"""What is hardly possible is left out of a belief."""


@dataclass(frozen=True)
class Diagnoses:
    """Diagnoses, named by the seed of their world."""

    name: str = "diagnoses"
    weight: int = 1

    def cases(self, seed: str) -> Iterator[str]:
        """Yield the seeds of worlds, without end."""
        return numbered(seed)

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        """Diagnose somebody whom the run of a world refused."""
        check_numbered(case)
        left = run_world(draw_world(case), folder, (), apart=False)
        tried.count("worlds")
        refused = refused_in(left)
        if not refused:
            return
        prepared = prepare(load(left.loaded.folder / Path(left.loaded.path).name))
        recipient = random.Random(f"diagnosed:{case}").choice(refused)
        found = [outcome(prepared, recipient, transport) for transport in _TRANSPORTS]
        tried.count("diagnoses", len(found))
        for each in found:
            tried.count("experiments", len(each.steps) if isinstance(each, Diagnosis) else 0)
            tried.count("diagnoses that end with a sentence", isinstance(each, str))
        tried.failures += (Failure(self.name, case, f"{recipient}: {what}") for what in broken(*found))


def refused_in(left: Left) -> list[str]:
    """Return the recipients that were refused in a dialogue, sorted."""
    if not left.first.ended:
        return []
    return sorted({row.recipient for row in left.first.books.attempts if row.outcome == "refused" and row.mx_address})


def outcome(prepared: PreparedScenario, recipient: str, transport: TransportName) -> Diagnosis | str:
    """Return a diagnosis, or the sentence that is told in place of it."""
    try:
        return diagnose_prepared(prepared, recipient, transport, SenderMeans(), _BUDGET)
    except InputError as error:
        return str(error)


def broken(one: Diagnosis | str, other: Diagnosis | str) -> Iterator[str]:
    """Yield what should not be, in a diagnosis of memory and one over sockets."""
    if isinstance(one, str) or isinstance(other, str):
        if one != other:
            yield f"only one transport ends with a sentence: {one} / {other}"
        elif isinstance(one, str) and ("\n" in one or "; " not in one):
            yield f"not one sentence with a remedy: {one}"
        return
    for number, (mine, theirs) in enumerate(zip_longest(map(_told, one.steps), map(_told, other.steps)), 1):
        if mine != theirs:
            yield f"experiment {number} differs: {mine} in memory, {theirs} over sockets"
            return
    yield from _of(one)


def _told(step: Step) -> dict[str, Any]:
    result = step.observed.result
    return {
        "experiment": step.experiment.name,
        "at": round(step.observed.at, 3),
        "kind": step.kind,
        "reply": str(result.reply),
        "failure": result.failure,
        "causes": step.belief.causes(),
    }


def _of(diagnosis: Diagnosis) -> Iterator[str]:
    for belief in (diagnosis.belief, *(step.belief for step in diagnosis.steps)):
        causes = belief.causes().values()
        if not isclose(sum(causes), 1, abs_tol=_CLOSE) or min(causes) < 0:
            yield f"no probabilities: their sum is {sum(causes)}, the smallest is {min(causes)}"
        if not all(-_CLOSE <= each <= 1 + _CLOSE for each in (belief.alive, belief.blocked)):
            yield f"no probability: alive {belief.alive}, blocked {belief.blocked}"
    if diagnosis.cost > _BUDGET.cost:
        yield f"it cost {diagnosis.cost}, and {_BUDGET.cost} were allowed"
    times = [diagnosis.first.at, *(step.observed.at for step in diagnosis.steps)]
    if times != sorted(times):
        yield f"experiments do not follow each other: {times}"
