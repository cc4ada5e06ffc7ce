"""Makes every experiment at gateways whose reason to refuse is known, and counts what they show."""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeVar

from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause, Truth
from probe.diagnose.conditions import Depth
from probe.diagnose.experiment import Experiment
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.experiments.random_likewise import as_taken
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.patterns import FIRST, HISTORY, WORDS, Pattern
from probe.diagnose.reply_kind import kind_of, told_by_words, words_of
from probe.lab import processes
from probe.lab.diagnose_lab import SenderMeans, open_lab, open_lane
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario, prepare
from probe.records.attempt import Attempt, Failure, Outcome
from probe.scenario.load import check
from probe.scenario.sending import Dkim
from probe.sender.dkim import signer
from probe.studies.diagnose.cases import MESSAGE, NAMED, OTHER_DOMAIN, OTHER_NAME, Case

Found = TypeVar("Found")


def extra_means(prepared: PreparedScenario) -> SenderMeans:
    """Return what the sender of a case has beside what the scenario says, and put its key into the DNS."""
    signing = signer(Dkim(domain="sender.example", selector="diagnosis"), 1, Path(), "")
    prepared.world.add(signing.name, "TXT", signing.record)
    return SenderMeans(other_domain=OTHER_DOMAIN, other_name=(OTHER_NAME, NAMED), signer=signing)


def prepared_case(case: Case, document: dict[str, Any] | None = None) -> PreparedScenario:
    """Prepare the scenario of a case, or another ``document`` with its messages."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / MESSAGE).write_bytes(case.message())
        return prepare(check(document or case.document(), folder=folder, path=case.name))


async def refused_at(case: Case, prepared: PreparedScenario) -> list[tuple[str, Hypothesis, float]]:
    """Return all recipients that were refused for the cause of a case, in order, and when.

    Times are in seconds since the epoch.
    """
    (job,) = plan_lanes(prepared)
    (company,) = prepared.companies
    directory = prepared.directory(company)
    found: list[tuple[str, Hypothesis, float]] = []

    def is_last(attempt: Attempt) -> bool:
        if _cause_of(attempt, lane.truths) == case.cause:
            alive = directory.state(attempt.recipient, attempt.at).alive
            found.append((attempt.recipient, Hypothesis(case.cause, alive), attempt.at))
        return False

    async with open_lane(prepared, job, "memory") as lane:
        await lane.run(is_last)
    return found


async def refused(case: Case, prepared: PreparedScenario) -> list[tuple[str, Hypothesis]]:
    """Return all recipients that were refused for the cause of a case, in order."""
    return [(recipient, truth) for recipient, truth, _ in await refused_at(case, prepared)]


def one_of_each(case: Case, found: Iterable[tuple[str, Hypothesis]]) -> list[tuple[str, Hypothesis]]:
    """Draw one recipient who is alive and one who is gone, if there are any."""
    of: dict[Hypothesis, list[str]] = {}
    for recipient, truth in found:
        of.setdefault(truth, []).append(recipient)
    rng = random.Random(f"{case.name}-recipients")  # noqa: S311 - must be repeatable
    return [(rng.choice(recipients), truth) for truth, recipients in of.items()]


def _cause_of(attempt: Attempt, truths: Sequence[Truth]) -> str | None:
    """Return why an attempt failed. A transaction has one recipient; a gateway that hangs decides nothing."""
    if attempt.failure == Failure.TIMED_OUT:
        return Cause.SYSTEM
    return truths[-1].cause if truths else None


async def pattern_of(prepared: PreparedScenario, recipient: str, truth: Hypothesis, extra: SenderMeans) -> Pattern:
    """Make every experiment once, each at the gateway as it was after it had refused the recipient."""
    shows: dict[str, str] = {}
    taken: list[Experiment] = []
    words, left = "", deque(EXPERIMENTS.values())
    means: frozenset[str] = frozenset()
    while True:
        async with open_lab(prepared, recipient, "memory", extra) as lab:
            depth = Depth.of(Stage(lab.attempt.stage))
            if not shows:
                result, means = lab.first.result, lab.means
                words = words_of(result, recipient)
                shows = {FIRST: str(kind_of(result, recipient)), WORDS: told_by_words(result, recipient)}
                shows[HISTORY] = lab.history
            experiment = _next(left, depth, means, taken)
            if experiment is None:
                return Pattern(truth, depth, shows)
            observed = await lab.carry_out(experiment)
        shows[experiment.name] = str(kind_of(observed.result, observed.recipient, words))
        if observed.result.outcome is Outcome.DELIVERED:
            taken.append(experiment)


def _next(
    left: deque[Experiment], depth: Depth, means: frozenset[str], taken: Sequence[Experiment]
) -> Experiment | None:
    """Take the next experiment that can be made, None if there is none."""
    likewise = as_taken(taken)
    while left:
        experiment = left.popleft()
        if likewise is not None and experiment.name == likewise.name:
            return likewise
        if experiment.can_be_made(depth, means):
            return experiment
    return None


async def _patterns_of(case: Case) -> list[Pattern]:
    prepared = prepared_case(case)
    extra = extra_means(prepared)
    chosen = one_of_each(case, await refused(case, prepared))
    found = [await pattern_of(prepared, recipient, truth, extra) for recipient, truth in chosen]
    return [pattern._replace(times=case.weight) for pattern in found if pattern.is_steady]


def patterns_of(case: Case) -> list[Pattern]:
    """Return a pattern for each of some recipients of a case."""
    return asyncio.run(_patterns_of(case))


def estimate(cases: Sequence[Case], workers: int, tell: Callable[[int], object]) -> list[Pattern]:
    """Return the patterns of cases; ``tell`` is called with 1 after each."""
    return [pattern for some in each_of(patterns_of, cases, workers, tell) for pattern in some]


def each_of(
    work: Callable[[Case], Found], cases: Sequence[Case], workers: int, tell: Callable[[int], object]
) -> Iterator[Found]:
    """Yield what comes of each case, in order; ``tell`` is called with 1 after each."""
    for found in processes.in_order(work, cases, workers):
        tell(1)
        yield found
