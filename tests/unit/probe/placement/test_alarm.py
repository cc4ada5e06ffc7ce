"""The alarm learns what is usual, is raised by a fall, names who fell, and is silent otherwise."""

from __future__ import annotations

import pytest

from probe.placement.alarm import LEARNS, LIMIT, Check, State, Watch
from probe.placement.share import Seeds

NAMES = ("a", "b", "c", "d", "e", "f")


def check(*inbox: int) -> Check:
    """Return a check of four seeds at each of six providers."""
    return {name: Seeds(number, 4) for name, number in zip(NAMES, inbox, strict=True)}


WELL = check(4, 4, 3, 4, 4, 4)
ALSO_WELL = check(4, 3, 4, 4, 4, 3)
FALLEN = check(3, 3, 3, 3, 4, 3)
ONE_FALLEN = check(0, 4, 4, 4, 4, 4)


def taken(*checks: Check, watch: Watch | None = None) -> list[State]:
    """Return the states after checks."""
    watch = watch or Watch()
    return [watch.take(each) for each in checks]


def after_a_month() -> Watch:
    """Return a watch that has seen a good month."""
    watch = Watch()
    taken(*[WELL, ALSO_WELL] * 15, watch=watch)
    return watch


def test_at_first_it_learns() -> None:
    states = taken(*[WELL] * LEARNS, WELL)
    assert [each.usual for each in states[:-1]] == [None] * LEARNS
    assert states[-1].usual == pytest.approx(23 / 24, abs=0.01)


def test_all_is_well_and_nothing_is_raised() -> None:
    states = taken(*[WELL, ALSO_WELL] * 100)
    assert max(each.sum for each in states) < LIMIT


def test_a_fall_is_found_within_three_days() -> None:
    states = taken(*[FALLEN] * 3, watch=after_a_month())
    assert [each.is_raised for each in states][-1]


def test_a_provider_that_falls_is_named_first() -> None:
    state = taken(*[ONE_FALLEN] * 3, watch=after_a_month())[-1]
    assert state.is_raised
    assert state.fallen[0] == "a"


def test_it_ends_when_all_is_as_before_and_what_fell_never_becomes_usual() -> None:
    watch = after_a_month()
    taken(*[FALLEN] * 30, watch=watch)
    states = taken(*[WELL] * 12, watch=watch)
    assert not states[-1].is_raised
    assert states[-1].usual == pytest.approx(22.5 / 24, abs=0.015)


def test_a_provider_that_was_always_in_junk_says_nothing() -> None:
    watch = Watch()
    taken(*[check(4, 4, 4, 4, 4, 0)] * 30, watch=watch)
    state = taken(*[check(4, 4, 4, 4, 4, 0)] * 30, watch=watch)[-1]
    assert not state.is_raised
    assert state.usual == pytest.approx(20 / 24, abs=0.01)


def test_a_provider_that_could_not_be_read_counts_for_nothing() -> None:
    watch = after_a_month()
    some = {name: seeds for name, seeds in WELL.items() if name != "a"}
    assert not any(each.is_raised for each in taken(*[some] * 20, {}, watch=watch))


def test_a_new_provider_is_taken_for_one_like_the_others() -> None:
    watch = after_a_month()
    assert not taken({**WELL, "new": Seeds(4, 4)}, watch=watch)[-1].is_raised
    assert "new" in taken({**WELL, "new": Seeds(0, 4)}, watch=watch)[-1].fallen


def test_seeds_that_go_up_and_down_together_need_more_to_raise_it() -> None:
    alone, together = Watch(), Watch()
    for day in range(60):
        alone.take(check(*(3 if (day + place) % 4 == 0 else 4 for place in range(6))))
        together.take(check(*(0 if (day + 3 * place) % 16 == 0 else 4 for place in range(6))))
    fallen = check(0, 4, 4, 4, 4, 3)
    assert taken(fallen, watch=alone)[-1].sum > taken(fallen, watch=together)[-1].sum


def test_only_the_last_four_months_are_usual() -> None:
    watch = Watch()
    taken(*[check(2, 2, 2, 2, 2, 2)] * 10, watch=watch)
    taken(*[check(4, 4, 4, 4, 4, 4)] * 140, watch=watch)
    assert taken(WELL, watch=watch)[-1].usual == pytest.approx(0.98)


def test_a_check_in_which_nobody_could_be_read_teaches_nothing() -> None:
    assert taken(*[{}] * 20, WELL)[-1].usual is None
