"""A sample of bounded size: who is in it, and that neither order nor parts change it."""

from __future__ import annotations

import pickle

from hypothesis import given
from hypothesis import strategies as st

from probe.judge.sample import Sample, fair_share, number_of
from probe.judge.story import Key

MOST = 10
Kind = tuple[int]
MEMBERS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 400)), max_size=120, unique_by=lambda each: each[1])


def sample(members: list[tuple[int, int]]) -> Sample[Kind, int]:
    """Add members, each of a kind and with a number."""
    found: Sample[Kind, int] = Sample(MOST)
    for kind, number in members:
        found.add((kind,), ("news", str(number)), lambda number=number: number)  # type: ignore[misc]
    return found


@given(MEMBERS, st.randoms(use_true_random=False), st.integers(0, 120))
def test_neither_order_nor_parts_change_it(members: list[tuple[int, int]], chance: object, part: int) -> None:
    shuffled = list(members)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    merged = sample(shuffled[:part])
    merged.merge(pickle.loads(pickle.dumps(sample(shuffled[part:]))))
    whole = sample(members)
    assert merged.drawn() == whole.drawn()
    assert merged.sizes == whole.sizes
    assert len(whole.drawn()) <= MOST


@given(MEMBERS)
def test_every_kind_has_its_smallest_numbers_and_small_kinds_are_whole(members: list[tuple[int, int]]) -> None:
    drawn = sample(members).drawn()
    share = fair_share((sum(each[0] == kind for each in members) for kind in range(4)), MOST)
    for kind in range(4):
        keys: list[Key] = sorted((("news", str(number)) for of, number in members if of == kind), key=number_of)
        assert [key for (of,), key, _ in drawn if of == kind] == keys[:share]


def test_a_member_is_only_made_if_it_may_be_kept() -> None:
    made: list[int] = []

    def member(number: int) -> int:
        made.append(number)
        return number

    found: Sample[Kind, int] = Sample(MOST)
    for number in range(1000):
        found.add((0,), ("news", str(number)), lambda number=number: member(number))  # type: ignore[misc]
    assert len(made) < 120
    assert found.sizes[0,] == 1000


def test_fewer_members_can_be_drawn_than_are_kept() -> None:
    found = sample([(0, 1), *((1, number) for number in range(10, 30))])
    assert sorted(kind for (kind,), _, _ in found.drawn(4)) == [0, 1, 1, 1]
    assert len(found.drawn(1000)) == MOST


def test_a_kind_can_be_forgotten() -> None:
    found = sample([(0, 1), *((1, number) for number in range(10, 30))])
    found.forget([(1,)])
    assert (found.drawn(), dict(found.sizes)) == ([((0,), ("news", "1"), 1)], {(0,): 1})


@given(st.lists(st.integers(0, 40), max_size=6), st.integers(0, 100))
def test_room_is_shared_out_fairly(sizes: list[int], most: int) -> None:
    share = fair_share(sizes, most)
    taken = sum(min(size, share) for size in sizes)
    assert taken <= most
    assert taken == sum(sizes) or taken > most - len(sizes), "no kind could have one more"
