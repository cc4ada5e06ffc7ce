"""Reads the gates of a scenario and of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from probe.classify.reading import ChosenClassifier
from probe.classify.registry import with_baselines
from probe.judge import gates
from probe.judge.books import bounds
from probe.lab.prepare import PreparedScenario
from probe.scenario.load import Loaded


def readers(loaded: Loaded, classifiers: Sequence[ChosenClassifier]) -> tuple[ChosenClassifier, ...]:
    """Return the classifiers, and the baselines that the scenario's gates are about: such a gate is always judged."""
    return with_baselines(classifiers, gates.classifiers_in(loaded.scenario.expect))


def expected(
    prepared: PreparedScenario, classifiers: Sequence[ChosenClassifier], more: Sequence[Mapping[str, Any]] = ()
) -> list[gates.Bound]:
    """Return the scenario's gates, and ``more`` from the command line.

    Raises InputError, also for a gate on a classifier that does not read the run.
    """
    scenario = prepared.loaded.scenario
    names = {
        "classifiers": [each.name for each in readers(prepared.loaded, classifiers)],
        "gateways": [company.name for company in prepared.companies],
        "campaigns": [each.name for each in scenario.campaign],
    }
    found = bounds(scenario.expect, place=f"{prepared.loaded.path}: expect", **names)
    for each in more:
        found += bounds(each, place="--gate", **names)
    return found
