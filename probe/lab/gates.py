"""Reads the gates of a scenario and of the command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from probe.classify.reading import ChosenClassifier
from probe.judge import gates
from probe.judge.judge import bounds
from probe.lab.classifiers import names_in
from probe.lab.prepare import PreparedScenario


def expected(
    prepared: PreparedScenario, classifiers: Sequence[ChosenClassifier], more: Sequence[Mapping[str, Any]] = ()
) -> list[gates.Bound]:
    """Return the scenario's gates, and ``more`` from the command line; raises InputError."""
    scenario = prepared.loaded.scenario
    names = {
        "classifiers": [each.name for each in classifiers],
        "others": names_in(prepared.loaded),
        "gateways": [company.name for company in prepared.companies],
        "campaigns": [each.name for each in scenario.campaign],
    }
    found = bounds(scenario.expect, place=f"{prepared.loaded.path}: expect", **names)
    for each in more:
        found += bounds(each, place="--gate", **names)
    return found
