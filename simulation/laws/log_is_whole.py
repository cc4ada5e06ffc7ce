"""Law: the log of a run has whole lines, and in them every attempt and every decision of the books once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from simulation.laws.law import Law
from simulation.laws.left import Left, Run


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if run.ended:
            yield from (f"{run.name}: {what}" for what in _of(run))


def _of(run: Run) -> Iterator[str]:
    books = run.books
    wanted = Counter(("attempt", row.lane, row.seq) for row in books.attempts)
    wanted += Counter(("truth", row.gateway, row.seq) for row in books.truths)
    if not run.log.exists():
        yield "there is no log"
        return
    try:
        lines = [json.loads(line) for line in run.log.read_bytes().splitlines()]
        logged = Counter((line["event"], line.get("lane", line.get("gateway")), line["seq"]) for line in lines)
    except (ValueError, KeyError) as error:
        yield f"the log has a broken line: {error!r}"
        return
    for key in sorted((wanted - logged).keys()):
        yield f"the log lacks {key}"
    for key in sorted((logged - wanted).keys()):
        yield f"the log has {key}, which the books have not, or has it again"


LAW = Law("log-is-whole", _broken)
