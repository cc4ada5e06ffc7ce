"""Compares classifiers by the books: two that read one run, or one that read two runs of a scenario."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from probe.classify.reading import Advice
from probe.input_error import InputError
from probe.judge.books import classifiers_before, judged_before
from probe.judge.compare import Comparison
from probe.judge.story import JudgedRecipient
from probe.ledger import Ledger
from probe.user_files import exists


class ComparedRun(NamedTuple):
    """A run, and one of the classifiers that read it; None for all of them."""

    folder: Path
    classifier: str | None

    @classmethod
    def parse(cls, text: str) -> ComparedRun:
        """Read ``RUN`` or ``RUN:CLASSIFIER``. A folder whose name holds a colon is taken as it is."""
        if exists(Path(text)):
            return cls(Path(text), None)
        folder, _, name = text.rpartition(":")
        return cls(Path(folder or text), name if folder else None)


def compare_runs(first: ComparedRun, second: ComparedRun) -> dict[tuple[str, str], Comparison]:
    """Compare the advice in the books of two runs, by the two classifiers' names.

    Raises InputError for runs with different recipients, and where no classifier read both.
    """
    with Ledger.open(first.folder) as left, Ledger.open(second.folder) as right:
        pairs = _pairs(left, first.classifier, right, second.classifier)
        found = {pair: Comparison() for pair in pairs}
        # The order of recipients may differ between runs, so the advice in one is held while the other streams.
        others = {
            each.key: tuple(_advice(each, other) for _, other in pairs)
            for each in judged_before(right, [other for _, other in pairs])
        }
        are_same = True
        for each in judged_before(left, [one for one, _ in pairs]):
            advice = others.pop(each.key, None)
            if advice is None:
                are_same = False
                break
            for (one, _), comparison, second_advice in zip(pairs, found.values(), advice, strict=True):
                comparison.count(each, _advice(each, one), second_advice)
        if others or not are_same:
            problem = f"has other recipients than {first.folder}"
            raise InputError(second.folder, problem, "compare runs of one scenario and seed, or classifiers of one run")
        return found


def _advice(recipient: JudgedRecipient, classifier: str) -> Advice:
    """Return a classifier's advice; where there is none, it counts as keep."""
    reading = recipient.readings.get(classifier)
    return Advice.KEEP if reading is None else reading.advice


def _pairs(left: Ledger, one: str | None, right: Ledger, other: str | None) -> list[tuple[str, str]]:
    """Return the pairs of names to compare. A single name is used for both; without one, all that read both runs."""
    names = (one or other, other or one)
    known = [
        classifiers_before(ledger, [name] if name else ()) for ledger, name in zip((left, right), names, strict=True)
    ]
    if one or other:
        return [(known[0][0], known[1][0])]
    shared = [name for name in known[0] if name in known[1]]
    if not shared:
        raise InputError(right.path, "was read by none of the same classifiers", "name two, as RUN:CLASSIFIER")
    return [(name, name) for name in shared]
