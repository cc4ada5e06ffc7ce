"""All laws, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from simulation.laws import (
    books_join,
    card_adds_up,
    every_run_ends,
    final_word,
    harmless_reports,
    heard_as_said,
    lies_change_words,
    log_is_whole,
    same_books,
    same_verdicts,
    sender_keeps_limits,
    sent_once,
    what_came_back,
)
from simulation.laws.law import Broken, Law
from simulation.laws.left import Left

LAWS: Final[tuple[Law, ...]] = (
    every_run_ends.LAW,
    same_books.LAW,
    books_join.LAW,
    heard_as_said.LAW,
    final_word.LAW,
    sent_once.LAW,
    sender_keeps_limits.LAW,
    what_came_back.LAW,
    lies_change_words.LAW,
    card_adds_up.LAW,
    log_is_whole.LAW,
    same_verdicts.LAW,
    harmless_reports.LAW,
)


def broken_laws(left: Left, laws: Iterable[Law] = LAWS) -> list[Broken]:
    """Return what breaks each law first, in the order of the laws."""
    found = []
    for law in laws:
        what = next(law.broken(left), None)
        if what is not None:
            found.append(Broken(law.name, what))
    return found
