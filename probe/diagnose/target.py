"""What a diagnosis needs of the gateway that it is about."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Protocol

from probe.diagnose.belief import Belief
from probe.diagnose.choice import Budget
from probe.diagnose.diagnosis import Diagnosis, Observed, diagnose
from probe.diagnose.experiment import Experiment
from probe.diagnose.message_parts import Part
from probe.diagnose.patterns import Patterns


class Target(Protocol):
    """A gateway that has refused a recipient."""

    @property
    def recipient(self) -> str:
        """The recipient that was refused."""
        ...

    @property
    def first(self) -> Observed:
        """The refusal."""
        ...

    @property
    def earlier(self) -> Sequence[tuple[Experiment, Observed]]:
        """Experiments that were made before, in the order of time."""
        ...

    @property
    def history(self) -> str | None:
        """What came of attempts before the refusal (see ``probe.diagnose.history``), None if that is not known."""
        ...

    @property
    def parts(self) -> Sequence[Part]:
        """The parts of the message."""
        ...

    @property
    def means(self) -> frozenset[str]:
        """Which experiments can be made."""
        ...

    async def carry_out(self, experiment: Experiment) -> Observed | None:
        """Make an experiment; return None if it may not be made now."""
        ...


def asking_of(
    target: Target,
    patterns: Patterns,
    budget: Budget,
    *,
    expecting: Callable[[Belief], Belief] = lambda belief: belief,
    of_cause: bool = True,
) -> Generator[Experiment, Observed | None, Diagnosis]:
    """Return the diagnosis of a target as a dialogue. ``expecting`` and ``of_cause`` are as for ``diagnose``."""
    return diagnose(
        target.recipient,
        target.first,
        target.means,
        patterns,
        budget,
        earlier=target.earlier,
        history=target.history,
        parts=target.parts,
        expecting=expecting,
        of_cause=of_cause,
    )


async def diagnose_target(
    target: Target,
    patterns: Patterns,
    budget: Budget,
    *,
    expecting: Callable[[Belief], Belief] = lambda belief: belief,
    of_cause: bool = True,
) -> Diagnosis:
    """Make experiments until the diagnosis ends. ``expecting`` and ``of_cause`` are as for ``diagnose``."""
    asking = asking_of(target, patterns, budget, expecting=expecting, of_cause=of_cause)
    try:
        experiment = next(asking)
        while True:
            experiment = asking.send(await target.carry_out(experiment))
    except StopIteration as ended:
        found: Diagnosis = ended.value
        return found
