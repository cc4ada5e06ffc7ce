"""The weights fitted without one vendor's persona: for evaluations, never for classifying."""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from typing import Any

from probe.classify.context.evidence import NAMES
from probe.classify.context.weights import Sum, Weights, shipped


def weights_without(persona: str) -> Weights:
    """Return the weights fitted without a persona; the shipped weights for one that no scenario of the fit had."""
    kept = _kept().get(persona)
    if kept is None:
        return shipped()
    first = tuple(kept["weights"].get(name, 0.0) for name in NAMES)
    return shipped()._replace(first=Sum(kept["base"], first, tuple((at, worth) for at, worth in kept["curve"])))


@cache
def _kept() -> dict[str, dict[str, Any]]:
    return dict(json.loads((resources.files("probe.studies.fit") / "held_out.json").read_text("utf-8")))
