"""The truth is out of a classifier's reach: by the types of the evidence, and from the objects it gets during a run."""

from __future__ import annotations

import dataclasses
import gc
import typing
from collections.abc import Iterator
from contextlib import nullcontext
from enum import Enum
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any

import pytest
from asked_about import evidence
from book_rows import truth

from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.truth import Fate, Truth
from probe.classify import Evidence, Reading
from probe.classify.external.protocol import Request
from probe.classify.reading import ChosenClassifier
from probe.judge.story import Story
from probe.lab.options import Options
from probe.lab.prepare import PreparedScenario, prepare
from probe.lab.run import run_scenario
from probe.ledger import Ledger
from probe.records.rows import Mailbox
from probe.scenario.load import load

TRUE = (Truth, Mailbox, Story, Directory, MailboxState, Fate)
"""What would tell: rows of the truth, of the mailboxes, whatever holds them."""
TWELVE = Path(__file__).parents[1] / "scenarios" / "twelve.toml"


def types_in(hint: Any, seen: set[Any] | None = None) -> set[Any]:
    """Return every type that a value of a type may hold, by its fields and theirs."""
    seen = set() if seen is None else seen
    if hint in seen:
        return seen
    seen.add(hint)
    for inner in typing.get_args(hint):
        types_in(inner, seen)
    is_record = dataclasses.is_dataclass(hint) or hasattr(hint, "_fields") or hasattr(hint, "model_fields")
    if isinstance(hint, type) and is_record:
        # In Python 3.11 the class ``array`` takes no type of its items.
        for inner in typing.get_type_hints(hint, localns={"array": list}).values():
            types_in(inner, seen)
    return seen


def reached(start: object) -> Iterator[object]:
    """Yield every object that can be reached from one, but not through code: classes, functions and modules."""
    seen = {id(start)}
    waiting = [start]
    while waiting:
        found = waiting.pop()
        yield found
        if isinstance(found, type | ModuleType | FunctionType | BuiltinFunctionType | Enum):
            continue
        for each in gc.get_referents(found):
            if id(each) not in seen:
                seen.add(id(each))
                waiting.append(each)


def test_no_type_that_evidence_may_hold_tells_the_truth() -> None:
    assert types_in(Evidence).isdisjoint(TRUE)
    assert types_in(Request).isdisjoint(TRUE)
    # As deep as it must be: attempts, what came home, what was opened, and plain values in them.
    assert {"Attempt", "Returned", "Opened", "str", "float"} <= {
        getattr(each, "__name__", "") for each in types_in(Evidence)
    }


@pytest.mark.parametrize("hidden", [Truth, Story, PreparedScenario])
def test_a_type_that_would_tell_is_found_where_it_is(hidden: type) -> None:
    planted = dataclasses.make_dataclass("Planted", [("evidence", Evidence), ("more", tuple[hidden, ...] | None)])
    assert not types_in(planted).isdisjoint(TRUE)


class Curious:
    """Follows every reference from the evidence it gets."""

    def __init__(self) -> None:
        self.found: list[object] = []
        self.looked_at = 0

    def classify(self, evidence: Evidence) -> Reading:
        """Look around."""
        self.look(evidence)
        return Reading(None)

    def look(self, start: object) -> None:
        """Keep what tells the truth."""
        for each in reached(start):
            self.looked_at += 1
            if isinstance(each, TRUE):
                self.found.append(each)


class CuriousAboutAll(Curious):
    """The same, for a whole campaign at once."""

    def classify_campaign(self, campaign: Any) -> dict[str, Reading]:
        """Look around."""
        self.look(campaign)
        return {recipient: Reading(None) for recipient in campaign}


@pytest.mark.parametrize("make", [Curious, CuriousAboutAll])
def test_no_truth_can_be_reached_from_the_evidence_that_a_run_hands_out(make: type[Curious], tmp_path: Path) -> None:
    curious = make()
    chosen = ChosenClassifier("curious", lambda: nullcontext(curious))
    result = run_scenario(prepare(load(TWELVE)), Options(transport="memory", out=tmp_path, classifiers=(chosen,)))
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        assert result.scorecard.attempts == len(list(ledger.truths()))  # there was something to be found
    assert curious.looked_at > 100
    assert curious.found == []


@pytest.mark.parametrize("planted", [truth, lambda: Story(evidence("bob@acme.example"), truth(), MailboxState.PRESENT)])
def test_a_truth_that_is_within_reach_is_found(planted: Any) -> None:
    curious = Curious()
    curious.classify(dataclasses.replace(evidence("ann@acme.example"), before=(planted(),)))
    assert [type(each) for each in curious.found][:1] == [type(planted())]
