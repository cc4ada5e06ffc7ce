"""Law: what a classifier says of a recipient does not depend on the order, the lanes, the workers or the transport."""

from __future__ import annotations

import random
from collections.abc import Iterator

from probe.classify.reading import Reading
from probe.judge.run_classifier import read_all
from probe.judge.story import gathered, without_lanes
from probe.records.rows import Classification
from simulation.laws.classifiers import classifiers_of
from simulation.laws.law import Law
from simulation.laws.left import Left, Run


def _broken(left: Left) -> Iterator[str]:
    first = left.first
    for other in left.runs[1:]:
        if not (first.ended and other.ended):
            continue
        if first.books.readings != other.books.readings:
            pairs = zip(first.books.readings, other.books.readings, strict=False)
            differing = next((pair for pair in pairs if pair[0] != pair[1]), "one has more")
            yield f"{first.name} and {other.name}: verdicts differ: {differing}"
    yield from _in_another_order(left, first)


def _in_another_order(left: Left, run: Run) -> Iterator[str]:
    if run.result is None:
        return
    stories, _ = gathered(run.result.recipients())
    keys = list(stories)
    random.Random(f"order:{left.world.seed}").shuffle(keys)
    shuffled = without_lanes({key: stories[key] for key in keys})
    said = {(row.classifier, row.campaign, row.recipient): row for row in run.books.readings}
    for chosen in classifiers_of(left.loaded):
        with chosen.open() as classifier:
            found = read_all(chosen.name, classifier, shuffled)
        for key, reading in found.items():
            row = said.get((chosen.name, *key))
            if row is None or _differs(row, reading):
                yield f"in another order, {chosen.name} says of {key[1]}: {reading}, not {row}"


def _differs(row: Classification, reading: Reading) -> bool:
    same = (row.cause, row.advice, row.alive) == (reading.cause, reading.advice, reading.alive)
    return not same or row.reason != reading.reason


LAW = Law("same-verdicts", _broken)
