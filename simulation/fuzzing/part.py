"""The part of the simulation that fuzzes. A case is a batch of inputs of one target, or one input that failed."""

from __future__ import annotations

import base64
import random
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

from simulation.fuzzing import guided
from simulation.fuzzing.minimise import minimised
from simulation.fuzzing.mutation import Mutator
from simulation.fuzzing.target import Target
from simulation.fuzzing.targets import TARGETS
from simulation.fuzzing.watch import Fault, tried
from simulation.part import CaseError, Failure, Tried, check_numbered

_BY_NAME: Final = {target.name: target for target in TARGETS}
_INPUT: Final = "input:"
"""Before an input that is written as base64 of zlib."""
_GUIDED: Final = "guided:"
_EVERY: Final = 4
"""Of so many rounds one is guided by coverage, if that is possible here."""
_MOST_TRIES: Final = 2_000
"""To make a failing input smaller."""
_MOST_SLOW_TRIES: Final = 40


@dataclass(frozen=True)
class Fuzzing:
    """Gives every target batches of inputs in turn."""

    name: str = "fuzzing"
    weight: int = 2

    def cases(self, seed: str) -> Iterator[str]:
        """Yield TARGET/SEED/NUMBER without end."""
        for number in count():
            way = _GUIDED if number % _EVERY == _EVERY - 1 and guided.IS_POSSIBLE else ""
            # A short run does not come to the end of a round, so each seed has an order of its own.
            turns = random.Random(f"{seed}/{number}").sample(TARGETS, len(TARGETS))
            yield from (f"{target.name}/{way}{seed}/{number}" for target in turns)

    def attempt(self, case: str, found: Tried, folder: Path) -> None:
        """Try the inputs of a case; each fault is a failure once, with the smallest input that was found."""
        name, _, rest = case.partition("/")
        if name not in _BY_NAME:
            raise CaseError(f"no target is called {name!r}: choose from {', '.join(_BY_NAME)}")
        target = _BY_NAME[name]
        if rest.startswith(_INPUT):
            faults = _faults(target, [_read(rest.removeprefix(_INPUT))], found)
        elif rest.startswith(_GUIDED):
            check_numbered(rest.removeprefix(_GUIDED))
            failing, number = guided.run(target, rest.removeprefix(_GUIDED), folder)
            faults = _faults(target, failing, Tried())
            found.count(f"{name} inputs guided by coverage", number)
            lost = [data for data in failing if tried(target, data) is None]
            if lost:
                inputs = "\n".join(f"{name}/{_INPUT}{_written(data)}" for data in lost)
                found.failures.append(Failure(self.name, case, f"{len(lost)} inputs failed under atheris only", inputs))
        else:
            check_numbered(rest)
            mutator = Mutator(target.inputs(), target.words, target.longest, random.Random(rest))
            faults = _faults(target, (mutator.next() for _ in range(target.batch)), found)
        for data, fault in faults:
            small = _smallest(target, data, fault)
            found.failures.append(Failure(self.name, f"{name}/{_INPUT}{_written(small)}", fault.what, fault.detail))


def _faults(target: Target, inputs: Iterator[bytes] | list[bytes], found: Tried) -> list[tuple[bytes, Fault]]:
    """Return the first input of each kind of fault."""
    faults: dict[str, tuple[bytes, Fault]] = {}

    def lines(number: int) -> None:
        if number:
            found.count(f"{target.name} lines", number)

    for data in inputs:
        found.count(f"{target.name} inputs")
        fault = tried(target, data, lines)
        if fault is not None:
            faults.setdefault(fault.kind, (data, fault))
    return list(faults.values())


def _smallest(target: Target, data: bytes, fault: Fault) -> bytes:
    def still(smaller: bytes) -> bool:
        again = tried(target, smaller)
        return again is not None and again.kind == fault.kind

    return minimised(data, still, _MOST_SLOW_TRIES if fault.kind in {"hang", "memory"} else _MOST_TRIES)


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode("ascii")


def _read(text: str) -> bytes:
    try:
        return zlib.decompress(base64.urlsafe_b64decode(text))
    except (ValueError, zlib.error):
        raise CaseError("the input is not base64 of zlib") from None
