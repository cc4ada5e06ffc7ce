"""Law: what the sender heard is what the gateway said, minus what was lost on the line."""

from __future__ import annotations

from collections.abc import Iterator

from fake_gateways.truth import Fate, Truth
from probe.records.attempt import Attempt
from simulation.laws.law import Law
from simulation.laws.left import Left


def _broken(left: Left) -> Iterator[str]:
    for run in left.all_runs:
        if not run.has_books:
            continue
        # After a reply that is none, the client hears nothing more, though the server may have said more.
        cut = {_dialogue(row) for row in run.books.truths if row.fate == Fate.CUT}
        for attempt, truth in run.joined.pairs:
            if truth is not None and not (attempt.failure and _dialogue(truth) in cut):
                what = _difference(attempt, truth)
                if what:
                    yield f"{run.name}: {what}: heard {attempt}, said {truth}"


def _dialogue(truth: Truth) -> tuple[str, int]:
    return truth.gateway, truth.session


def _difference(attempt: Attempt, truth: Truth) -> str:
    if attempt.failure is not None:
        return f"a reply was lost ({attempt.failure}) that no fault cut off"
    if (attempt.code, attempt.enhanced) != (truth.code, truth.enhanced):
        return "another code"
    if attempt.text.split() != truth.text.split():
        return "other words"
    return ""


LAW = Law("heard-as-said", _broken)
