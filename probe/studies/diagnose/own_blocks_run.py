"""Diagnoses recipients at gateways that block whoever probes: is a block that we provoked taken for the cause?"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Final

from probe.diagnose.patterns import shipped
from probe.lab import event_loop
from probe.studies.diagnose.accuracy import Diagnosed, Subject
from probe.studies.diagnose.cases import Case, as_met, cases
from probe.studies.diagnose.measure_run import NOISE_AFTER_S, diagnosed_at
from probe.studies.diagnose.noise import Noise, noisy
from probe.studies.diagnose.run import each_of, extra_means, prepared_case, refused_at
from probe.studies.diagnose.told import Told

_RECIPIENTS: Final = 3
"""So many recipients of each gateway are diagnosed, each at a gateway that has not been probed before."""
_NOT_ASKED: Final = Told(cause=False, mailbox=False)


async def _of_case(case: Case) -> list[Diagnosed]:
    document = case.document()
    if not Noise.BLOCKS.fits(case.cause, document):
        return []
    rng = random.Random(f"{case.name}:own-blocks")  # noqa: S311 - must be repeatable
    prepared = prepared_case(case)
    extra = extra_means(prepared)
    everybody = await refused_at(case, prepared)
    found = []
    for recipient, truth, at in rng.sample(everybody, min(_RECIPIENTS, len(everybody))):
        since_s = at - prepared.loaded.scenario.starts.timestamp() + NOISE_AFTER_S
        blocking = prepared_case(case, noisy(document, case.cause, Noise.BLOCKS, since_s, rng))
        extra_means(blocking)
        subject = Subject(case, truth, Noise.BLOCKS, _NOT_ASKED)
        found.append(await diagnosed_at(blocking, recipient, subject, shipped(), extra))
    return found


def diagnosed_behind_blocks(case: Case) -> list[Diagnosed]:
    """Diagnose some recipients of a case at gateways that block an address that has asked for a few recipients."""
    return event_loop.run(_of_case(case))


def measure_own_blocks(
    personas: Sequence[str], seed: int, hours: float, workers: int, tell: Callable[[int], object]
) -> Iterator[Diagnosed]:
    """Yield diagnoses at gateways of one seed after another, until they took so many simulated hours.

    ``tell`` is called with the full hours that each gateway adds.
    """
    spent_s = 0.0
    for each_seed in count(seed):
        drawn = list(as_met(cases(list(personas), range(each_seed, each_seed + 1))))
        random.Random(each_seed).shuffle(drawn)  # noqa: S311 - must be repeatable
        for some in each_of(diagnosed_behind_blocks, drawn, workers, lambda _: None):
            yield from some
            before_s, spent_s = spent_s, spent_s + sum(each.seconds for each in some)
            tell(int(spent_s // 3600 - before_s // 3600))
            if spent_s >= 3600 * hours:
                return
