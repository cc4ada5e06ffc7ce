"""Replays the books of a run under suppression policies, ours and the user's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from probe.classify.external.object_import import import_object, is_object_name
from probe.classify.reading import ChosenClassifier
from probe.input_error import InputError, one_of
from probe.judge.story import build_stories
from probe.ledger import Ledger
from probe.studies.suppression.policies import POLICIES, Policy
from probe.studies.suppression.replay import PolicyOutcome, try_out

_PYTHON: Final = "python:"


class ReplayedRun(NamedTuple):
    """The outcome of each policy on a run, and whether the run is complete."""

    outcomes: list[PolicyOutcome]
    complete: bool


def policy_named(name: str) -> Policy:
    """Return a policy of ours by its name, or import ``python:package.module:attribute``; raises InputError."""
    if name in POLICIES:
        return POLICIES[name]
    place = f"--policy {name}"
    target = name.removeprefix(_PYTHON)
    if not name.startswith(_PYTHON) or not is_object_name(target):
        raise InputError(place, "is not a policy", one_of(name, [*POLICIES, "python:package.module:attribute"]))
    found = import_object(target, place, Path())
    if not callable(found):
        remedy = "name a function that takes the history of an address and a time, and returns a bool"
        raise InputError(place, "cannot be called", remedy)
    policy: Policy = found
    return policy


def replay_run(
    folder: Path, classifiers: Sequence[ChosenClassifier], policies: Mapping[str, Policy] | None
) -> ReplayedRun:
    """Replay a run's books under policies, by default the usual ones; raises InputError and ClassifierError."""
    with Ledger.open(folder) as ledger:
        found = build_stories(
            # The gateways' decisions are left out: a policy must not see them.
            ((attempt, None) for attempt in ledger.attempts()),
            {mailbox.address: mailbox for mailbox in ledger.mailboxes()},
            ledger.returned(),
            ledger.engagements(),
            diagnoses={(row.campaign, row.recipient): row for lane in ledger.lanes() for row in lane.diagnoses()},
        )
        complete = ledger.complete
    if len({campaign for campaign, _ in found}) < 2:
        problem = "holds one campaign, and a policy makes a difference only in the campaigns after a bounce"
        raise InputError(folder, problem, 'give its scenario another [[campaign]], with at = "30d" or the like')
    return ReplayedRun(try_out(found, classifiers, policies), complete)
