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
