"""Tries the cases of parts in several processes until the time is over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing.connection import wait
from typing import Final

from simulation.activity import sessions
from simulation.part import Part, Tried
from simulation.process import Work, Worker

EVERY_S: Final = 1.0
"""Seconds between two looks at what the processes do."""


def simulate(
    parts: Sequence[Part],
    seed: str,
    seconds: float,
    processes: int,
    tell: Callable[[str, Tried, float], None] = lambda *_: None,
) -> dict[str, tuple[Tried, float]]:
    """Try each part for its share of the time; return what was tried and the seconds, by part.

    A part whose cases end early leaves its time to those after it. ``tell`` gets the part's name, what was tried so far
    and the seconds, after each case.
    """
    ends = time.monotonic() + seconds
    found: dict[str, tuple[Tried, float]] = {}
    for number, part in enumerate(parts):
        began = time.monotonic()
        share = max(ends - began, 0.0) * part.weight / sum(each.weight for each in parts[number:])
        tried = Tried()
        for result in _run(part, seed, began + share, processes):
            tried.merge(result)
            tell(part.name, tried, time.monotonic() - began)
        found[part.name] = (tried, time.monotonic() - began)
    return found


def _run(part: Part, seed: str, until: float, processes: int) -> Iterator[Tried]:
    """Yield what each case counted."""
    workers = [Worker(Work(part, seed, number, processes, until)) for number in range(processes)]
    looked = time.monotonic()
    try:
        while workers:
            for pipe in wait([worker.pipe for worker in workers], EVERY_S):
                worker = next(each for each in workers if each.pipe is pipe)
                try:
                    result = worker.receive()
                except EOFError:
                    workers.remove(worker)
                    code = worker.end()
                    if worker.case or code:
                        yield worker.died(f"the process ended with {code}")
                    if worker.case:
                        workers.append(worker.successor())
                    continue
                if result is not None:
                    yield result
            if time.monotonic() - looked >= EVERY_S:
                yield from _end_those_that_hang(workers)
                looked = time.monotonic()
    finally:
        for worker in workers:
            worker.end()


def _end_those_that_hang(workers: list[Worker]) -> Iterator[Tried]:
    """End every process whose case hangs, and begin another one in its place; yield the failures."""
    now = sessions()
    for worker in tuple(workers):
        why = worker.hangs(now.get(worker.session or 0))
        if why:
            workers.remove(worker)
            worker.end()
            yield worker.died(why)
            if worker.case:
                workers.append(worker.successor())
