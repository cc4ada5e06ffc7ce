"""Weights fitted without a vendor."""

from __future__ import annotations

from probe.classify.context.evidence import NAMES
from probe.classify.context.weights import shipped
from probe.studies.fit.held_out import weights_without


def test_weights_without_a_vendor_differ_and_an_unknown_vendor_has_the_shipped_ones() -> None:
    assert weights_without("unknown-vendor") == shipped()
    for persona in ("cisco-esa", "mimecast", "proofpoint", "hornetsecurity"):
        without = weights_without(persona)
        assert without.first != shipped().first
        assert len(without.first.weights) == len(NAMES)
        assert min(without.first.weights) >= 0.0
