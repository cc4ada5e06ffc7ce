"""Makes every experiment at gateways whose reason to refuse is known, and counts what they show."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from fake_gateways.smtp.envelope import Stage
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.hypothesis import Hypothesis
from probe.diagnose.patterns import FIRST, WORDS, Pattern
from probe.diagnose.reply_kind import kind_of, said_cause, words_of
from probe.lab import processes
from probe.lab.diagnose_lab import SenderMeans, open_lab, open_lane
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario, prepare
from probe.records.attempt import Attempt
from probe.scenario.load import check
from probe.scenario.sending import Dkim
from probe.sender.dkim import signer
from probe.studies.diagnose.cases import MESSAGES, NAMED, OTHER_DOMAIN, OTHER_NAME, Case

MOST_RECIPIENTS: Final = 2
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
        for file, text in MESSAGES.items():
            (folder / file).write_text(text, "utf-8")
        return prepare(check(document or case.document(), folder=folder, path=case.name))


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
