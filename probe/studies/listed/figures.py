"""What was counted: listings that are none, listings that were missed, and what stayed unknown, by fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from probe.listed.answer import Decided, Fault, State
from probe.listed.subject import Subject
from probe.studies.listed.cases import Case

NO_FAULT: Final = "none"


class Tally:
    """Counts subjects by fault, by whether they are listed, and by what was said of them."""

    def __init__(self) -> None:
        self.said: Counter[tuple[str, bool, str]] = Counter()
        self.named: Counter[tuple[str, bool]] = Counter()
        self.cases: Counter[str] = Counter()

    def count(self, case: Case, said: Mapping[Subject, Decided]) -> None:
        """Count a case. Where something is unknown, the fault that was named is compared with the true one."""
        fault = NO_FAULT if case.fault is None else case.fault.value
        self.cases[fault] += 1
        for subject, code in case.entries.items():
            decided = said[subject]
            self.said[fault, code is not None, decided.state.value] += 1
            if decided.state is State.UNKNOWN:
                self.named[fault, decided.fault == Fault(fault)] += 1

    def merge(self, other: Tally) -> None:
        """Add what another one counted."""
        self.said.update(other.said)
        self.named.update(other.named)
        self.cases.update(other.cases)

    def of(self, fault: str) -> dict[str, int]:
        """Return the figures of a fault."""
        said = self.said
        return {
            "cases": self.cases[fault],
            "listed": sum(said[fault, True, state.value] for state in State),
            "found": said[fault, True, State.LISTED.value],
            "missed": said[fault, True, State.NOT_LISTED.value],
            "not_listed": sum(said[fault, False, state.value] for state in State),
            "false_listings": said[fault, False, State.LISTED.value],
            "unknown": said[fault, True, State.UNKNOWN.value] + said[fault, False, State.UNKNOWN.value],
            "fault_named": self.named[fault, True],
        }


def summary(tallies: Mapping[str, Tally], zones: int, seeds: range) -> dict[str, Any]:
    """Return the figures of every tool as JSON (schema 1); ``tallies`` are by its name."""
    return {
        "schema": 1,
        "zones": zones,
        "seeds": [seeds.start, seeds.stop - 1],
        "tools": {
            name: {"total": _total(tally), "faults": {fault: tally.of(fault) for fault in tally.cases}}
            for name, tally in tallies.items()
        },
    }


def _total(tally: Tally) -> dict[str, int]:
    total: Counter[str] = Counter()
    for fault in tally.cases:
        total.update(tally.of(fault))
    return {name: total[name] for name in tally.of(NO_FAULT)}
