"""Diagnoses recipients of gateways whose reason to refuse is known, with noise and without, and asks others too."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import chain
from typing import Final

from fake_gateways.smtp.envelope import domain_of
from probe.diagnose.choice import Budget
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import Pattern, Patterns, read, shipped, written
from probe.diagnose.target import diagnose_target
from probe.lab import event_loop
from probe.lab.diagnose_lab import SenderMeans, open_lab, open_lane
from probe.lab.plan import plan_lanes
from probe.lab.prepare import PreparedScenario
from probe.studies.diagnose.accuracy import Diagnosed, Subject
from probe.studies.diagnose.cases import Case
from probe.studies.diagnose.noise import BLOCKS, drawn, noisy
from probe.studies.diagnose.run import (
    each_of,
    extra_means,
    pattern_of,
    patterns_of,
    prepared_case,
    refused_at,
)
from probe.studies.diagnose.told import told_by_all
from probe.studies.diagnose.verifier_run import asked_by, has_py3_validate_email, py3_validate_email
from probe.studies.diagnose.verifiers import Verdict, after_ship, passive, reacher

ESTIMATED_FROM: Final = range(1, 4)
"""The seeds of the gateways that the shipped patterns were counted at."""
NOISE_AFTER_S: Final = 30.0
"""What disturbs a gateway begins so long after the refusal, before the first experiment."""


async def _of_case(case: Case, held_out: Mapping[str, Patterns]) -> list[Diagnosed]:
    rng = random.Random(f"{case.name}:noise")  # noqa: S311 - must be repeatable
    prepared = prepared_case(case)
    extra = extra_means(prepared)
    everybody = await refused_at(case, prepared)
    if not everybody:
        return []
    # Recipients of one gateway are too much alike for two of them to count as two.
    recipient, truth, at = rng.choice(everybody)
    told = told_by_all(await pattern_of(prepared, recipient, truth, extra), shipped())
    since_s = at - prepared.loaded.scenario.starts.timestamp() + NOISE_AFTER_S
    document = case.document()
    noise = drawn(case.cause, document, rng)
    disturbed = prepared_case(case, noisy(document, case.cause, noise, since_s, rng))
    extra_means(disturbed)
    found = []
    for scenario, what in ((prepared, None), (disturbed, noise)):
        subject = Subject(case, truth, what, told)
        by_shipped = await diagnosed_at(scenario, recipient, subject, shipped(), extra)
        found.append(by_shipped._replace(verdicts=await _verdicts(scenario, recipient, extra, rng)))
        if case.persona in held_out:
            by_others = await diagnosed_at(scenario, recipient, subject, held_out[case.persona], extra)
            found.append(by_others._replace(held_out=True))
    return found


async def diagnosed_at(
    prepared: PreparedScenario, recipient: str, subject: Subject, patterns: Patterns, extra: SenderMeans
) -> Diagnosed:
    """Diagnose a recipient of a scenario, and compare with what is true."""
    async with open_lab(prepared, recipient, "memory", extra) as lab:
        before = len(lab.lane.truths)
        diagnosis = await diagnose_target(lab, patterns, Budget())
        answers = lab.lane.truths[before:]
    provoked = subject.case.cause not in BLOCKS
    return Diagnosed(
        subject=subject,
        causes=diagnosis.belief.causes(),
        alive=diagnosis.belief.alive,
        says_alive=diagnosis.is_alive,
        stopped=diagnosis.stopped,
        experiments=len(diagnosis.steps),
        messages=diagnosis.messages,
        recipients=diagnosis.recipients,
        seconds=diagnosis.seconds,
        blocks=sum(provoked and answer.cause in BLOCKS for answer in answers),
    )


async def _verdicts(
    prepared: PreparedScenario, recipient: str, extra: SenderMeans, rng: random.Random
) -> dict[str, Verdict]:
    """Return what other verifiers say, each at the gateway as it was after it had refused the recipient."""
    found = {}
    if has_py3_validate_email():
        async with open_lab(prepared, recipient, "memory", extra) as lab:
            found["py3-validate-email"] = await py3_validate_email(lab)
    for name, rules in {"the rules of reacher": reacher, "the rules of AfterShip": after_ship}.items():
        async with open_lab(prepared, recipient, "memory", extra) as lab:
            found[name] = await asked_by(rules, lab, f"{rng.getrandbits(60):x}@{domain_of(recipient)}")
    (job,) = plan_lanes(prepared)
    async with open_lane(prepared, job, "memory") as lane:
        await lane.run()
    return found | passive(lane.attempts, recipient)


def diagnosed(held_out: Mapping[str, Patterns], case: Case) -> list[Diagnosed]:
    """Diagnose a recipient of a case, without noise and with it.

    If its vendor is held out, it is diagnosed with the patterns of the others too.
    """
    return event_loop.run(_of_case(case, held_out))


def vendors_held_out(cases: Sequence[Case], workers: int, tell: Callable[[int], object]) -> dict[str, Patterns]:
    """Return for each persona of the cases the patterns of all the others."""
    of: dict[str, list[Pattern]] = {}
    for case, some in zip(cases, each_of(patterns_of, cases, workers, tell), strict=True):
        of.setdefault(case.persona, []).extend(some)
    return {held_out: _merged(some for persona, some in of.items() if persona != held_out) for held_out in of}


def _merged(found: Iterable[Sequence[Pattern]]) -> Patterns:
    """Return patterns with equal ones once."""
    return Patterns(tuple(read(written(chain.from_iterable(found), EXPERIMENTS))))


def measure(
    cases: Sequence[Case], workers: int, tell: Callable[[int], object], held_out: Mapping[str, Patterns] | None = None
) -> list[Diagnosed]:
    """Diagnose a recipient of every case; ``tell`` is called with 1 after each."""
    of_each = each_of(partial(diagnosed, held_out or {}), cases, workers, tell)
    return list(chain.from_iterable(of_each))
