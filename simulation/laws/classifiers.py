"""The classifiers that read a world."""

from __future__ import annotations

from probe.classify.reading import ChosenClassifier
from probe.classify.registry import OURS, choose
from probe.lab.classifiers import choose_for
from probe.scenario.load import Loaded


def classifiers_of(loaded: Loaded) -> tuple[ChosenClassifier, ...]:
    """Return the classifiers that a world names, else all of ours."""
    return choose_for(loaded, None) if loaded.scenario.classifiers else choose(list(OURS))
