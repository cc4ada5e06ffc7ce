"""Queue ids: the letters that a generator of random numbers chooses."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from fake_gateways.smtp.queue_id import ID_BITS, spelled

LETTERS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@given(st.integers())
def test_an_id_has_the_letters_that_the_generator_would_choose_and_leaves_it_in_the_same_state(seed: int) -> None:
    one, other = random.Random(seed), random.Random(seed)
    for _ in range(3):
        assert spelled(one.getrandbits(ID_BITS)) == "".join(other.choices(LETTERS, k=12))
    assert one.getstate() == other.getstate()


def test_the_smallest_and_the_largest_draw_have_twelve_letters() -> None:
    assert (spelled(0), spelled(2**ID_BITS - 1)) == ("0" * 12, "z" * 12)


@given(st.integers(0, len(LETTERS)), st.integers(-(2**20), 2**20))
def test_a_draw_at_the_border_of_two_letters_is_decided_by_all_its_bits(letter: int, beside: int) -> None:
    number = min(max(letter * 2**53 // len(LETTERS) + beside, 0), 2**53 - 1)
    words = (number >> 26) << 5 | (number & (2**26 - 1)) << 38
    drawn = sum(words << 64 * place for place in range(12))
    assert spelled(drawn) == LETTERS[int(number * (len(LETTERS) / 2**53))] * 12
