"""Makes experiments at gateways whose reason to refuse is known, and diagnoses them."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.choice import Budget
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.patterns import FIRST, WORDS, Pattern
from probe.diagnose.reply_kind import kind_of, said_cause, words_of
from probe.lab import processes
from probe.lab.diagnose_lab import SenderMeans, diagnose_in_lab, open_lab, open_lane
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario, prepare
from probe.records.attempt import Attempt
from probe.scenario.load import check
from probe.scenario.sending import Dkim
from probe.sender.dkim import signer
from probe.studies.diagnose.accuracy import Diagnosed
from probe.studies.diagnose.cases import MESSAGES, NAMED, OTHER_DOMAIN, OTHER_NAME, Case

MOST_RECIPIENTS: Final = 2
Found = TypeVar("Found")


def extra_means(prepared: PreparedScenario) -> SenderMeans:
    """Return what the sender of a case has beside what the scenario says, and put its key into the DNS."""
    signing = signer(Dkim(domain="sender.example", selector="diagnosis"), 1, Path(), "")
    prepared.world.add(signing.name, "TXT", signing.record)
    return SenderMeans(other_domain=OTHER_DOMAIN, other_name=(OTHER_NAME, NAMED), signer=signing)


def prepared_case(case: Case) -> PreparedScenario:
    """Prepare the scenario of a case."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for file, text in MESSAGES.items():
            (folder / file).write_text(text, "utf-8")
        return prepare(check(case.document(), folder=folder, path=case.name))


async def refused(case: Case, prepared: PreparedScenario) -> list[tuple[str, Hypothesis]]:
    """Return recipients that were refused for the cause of a case: at most two who are alive and two who are gone."""
    (job,) = plan_lanes(prepared)
    (company,) = prepared.companies
    directory = prepared.directory(company)
    found: dict[Hypothesis, list[str]] = {}

    def is_last(attempt: Attempt) -> bool:
        truth = lane.truths[-1]  # of one recipient a transaction
        if truth.cause == case.cause:
            alive = directory.state(attempt.recipient, attempt.at).alive
            found.setdefault(Hypothesis(case.cause, alive), []).append(attempt.recipient)
        return False

    async with open_lane(prepared, job, "memory") as lane:
        await lane.run(is_last)
    return [(recipient, truth) for truth, all_of_it in found.items() for recipient in all_of_it[:MOST_RECIPIENTS]]


async def pattern_of(prepared: PreparedScenario, recipient: str, truth: Hypothesis, extra: SenderMeans) -> Pattern:
    """Make every experiment once, each at the gateway as it was after it had refused the recipient."""
    async with open_lab(prepared, recipient, "memory", extra) as lab:
        means, depth = lab.means, Depth.of(Stage(lab.attempt.stage))
        result = lab.first.result
    words = words_of(result, recipient)
    shows = {FIRST: str(kind_of(result, recipient)), WORDS: said_cause(result, recipient)}
    for experiment in EXPERIMENTS.values():
        if experiment.can_be_made(depth, means):
            async with open_lab(prepared, recipient, "memory", extra) as lab:
                observed = await lab.carry_out(experiment)
            shows[experiment.name] = str(kind_of(observed.result, recipient, words))
    return Pattern(truth, depth, shows)


async def _patterns_of(case: Case) -> list[Pattern]:
    prepared = prepared_case(case)
    extra = extra_means(prepared)
    found = [await pattern_of(prepared, recipient, truth, extra) for recipient, truth in await refused(case, prepared)]
    return [pattern._replace(times=case.weight) for pattern in found]


def patterns_of(case: Case) -> list[Pattern]:
    """Return a pattern for each of some recipients of a case."""
    return asyncio.run(_patterns_of(case))


async def _of_case(case: Case) -> list[Diagnosed]:
    prepared = prepared_case(case)
    extra = extra_means(prepared)
    found = []
    for recipient, truth in await refused(case, prepared):
        diagnosis = await diagnose_in_lab(prepared, recipient, "memory", extra, Budget())
        found.append(
            Diagnosed(
                case=case,
                truth=truth,
                cause=diagnosis.cause,
                alive=diagnosis.belief.alive,
                stopped=diagnosis.stopped,
                messages=diagnosis.messages,
                recipients=diagnosis.recipients,
                seconds=diagnosis.seconds,
                signature=tuple(sorted((await pattern_of(prepared, recipient, truth, extra)).shows.items())),
            )
        )
    return found


def diagnosed(case: Case) -> list[Diagnosed]:
    """Diagnose some recipients of a case."""
    return asyncio.run(_of_case(case))


def estimate(cases: Sequence[Case], workers: int, tell: Callable[[int], object]) -> list[Pattern]:
    """Return the patterns of cases; ``tell`` is called with 1 after each."""
    return _all(patterns_of, cases, workers, tell)


def measure(cases: Sequence[Case], workers: int, tell: Callable[[int], object]) -> list[Diagnosed]:
    """Diagnose some recipients of every case; ``tell`` is called with 1 after each."""
    return _all(diagnosed, cases, workers, tell)


def _all(
    work: Callable[[Case], list[Found]], cases: Sequence[Case], workers: int, tell: Callable[[int], object]
) -> list[Found]:
    found: list[Found] = []
    for some in processes.in_order(work, cases, workers):
        found += some
        tell(1)
    return found
