"""Scenarios for figures: in turn, repeatable, and none of them of the fit."""

from __future__ import annotations

import pytest

from probe.studies.fit.drawn import EVERY_FAMILY, drawn
from probe.studies.fit.families import FAMILIES, RESERVED, RESERVED_SEEDS


def test_families_are_drawn_in_turn_and_the_same_for_a_seed() -> None:
    found = list(drawn(RESERVED_SEEDS, 6, ("merged", "listed")))
    assert [each.family for each in found] == ["merged", "listed"] * 3
    assert found == list(drawn(RESERVED_SEEDS, 6, ("merged", "listed")))
    assert found[2:4] == list(drawn(RESERVED_SEEDS + 2, 2, ("merged", "listed")))


def test_no_seed_is_one_of_the_fit() -> None:
    with pytest.raises(ValueError, match="seed 999999 is one of the fit"):
        next(drawn(RESERVED_SEEDS - 1, 1))


def test_every_family_is_drawn_and_the_reserved_ones_are_not_of_the_fit() -> None:
    assert {each.family for each in drawn(RESERVED_SEEDS, len(EVERY_FAMILY))} == {*FAMILIES, *RESERVED}
    assert not {*FAMILIES} & {*RESERVED}
