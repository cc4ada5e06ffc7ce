"""Law: all runs of a world leave the same books, whatever the transport, the workers and the interruptions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any, Final

from simulation.laws.law import Law
from simulation.laws.left import Left, Run

OF_THE_RUN: Final = {"peer_port", "local_port", "duration_s"}
"""The columns that differ from run to run over sockets."""
_ROWS: Final = (
    *("attempts", "truths", "reports", "returned", "engagements", "mailboxes", "planned", "gateways"),
    *("probes", "diagnoses"),
)


def _broken(left: Left) -> Iterator[str]:
    first = left.first
    for other in left.runs[1:]:
        if not (first.has_books and other.has_books):
            continue
        for kind in _ROWS:
            yield from _differing(first, other, kind)
        mine, theirs = first.books.dialogues, other.books.dialogues
        for key in sorted(mine.keys() | theirs.keys()):
            if mine.get(key) != theirs.get(key):
                both = f"{mine.get(key)!r} and {theirs.get(key)!r}"
                yield f"{first.name} and {other.name}: dialogue {key} differs: {both}"
                break
        if first.books.digest != other.books.digest:
            yield f"{first.name} and {other.name}: the hashes of the books differ"
        if first.ended and other.ended:
            cards = [run.card | {"transport": ""} for run in (first, other)]
            differing = [name for name in cards[0] if cards[0][name] != cards[1][name]]
            if differing:
                yield f"{first.name} and {other.name}: the scorecards differ in {', '.join(differing)}"


def _differing(first: Run, other: Run, kind: str) -> Iterator[str]:
    mine, theirs = getattr(first.books, kind), getattr(other.books, kind)
    for row, instead in zip_longest(_shown(mine), _shown(theirs)):
        if row != instead:
            yield f"{first.name} and {other.name}: {kind} differ: {row} and {instead}"
            return


def _shown(rows: Sequence[Any]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {name: value for name, value in row._asdict().items() if name not in OF_THE_RUN}


LAW = Law("same-books", _broken)
