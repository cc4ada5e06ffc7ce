"""The disliked part of a message is found in few steps."""

from __future__ import annotations

import math

import pytest

from fake_gateways.truth import Cause
from probe.diagnose.bisection import chosen_of, likelihoods_of, smallest, suspects
from probe.diagnose.conditions import Content
from probe.diagnose.message_parts import Kind, Part

PARTS = (
    Part(Kind.SUBJECT, "Offer", ()),
    Part(Kind.LINK, "https://x.example", ()),
    Part(Kind.LINK, "https://y.example", ()),
    Part(Kind.ATTACHMENT, "form.exe", ()),
    Part(Kind.PARAGRAPH, "Hello", ()),
)


def searched(count: int, disliked: set[int]) -> tuple[tuple[int, ...], int]:
    """Return what is found in ``count`` parts if all of ``disliked`` must go, and in how many steps."""
    searching = smallest(range(count), certain=True)
    steps = 0
    try:
        left_out = next(searching)
        while True:
            steps += 1
            left_out = searching.send(disliked <= left_out)
    except StopIteration as ended:
        found: tuple[int, ...] = ended.value
        return found, steps


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 20, 256])
def test_one_part_is_found_in_the_logarithm_of_steps(count: int) -> None:
    for number in range(count):
        found, steps = searched(count, {number})
        assert found == (number,)
        assert steps <= math.ceil(math.log2(count)) + (count > 1)


def test_parts_that_must_go_together_stay_together() -> None:
    found, _ = searched(8, {1, 6})
    assert {1, 6} <= set(found)
    found, _ = searched(8, {1, 2})
    assert found == (0, 1, 2, 3)


def test_what_was_learnt_already_narrows_it_down() -> None:
    assert suspects(PARTS, {}) == (0, 1, 2, 3, 4)
    assert suspects(PARTS, {Content.NEUTRAL: True}) == (0, 1, 2, 3, 4)
    assert suspects(PARTS, {Content.WITHOUT_LINKS: True}) == (1, 2)
    assert suspects(PARTS, {Content.WITHOUT_LINKS: False, Content.NEUTRAL: True}) == (0, 3, 4)
    assert suspects(PARTS, {Content.RENAMED: False, Content.WITHOUT_ATTACHMENTS: True}) == (3,)


def test_nothing_is_told_if_nothing_was_found_out() -> None:
    assert chosen_of(PARTS, (1, 2), (1, 2)) == ()
    assert chosen_of(PARTS, (1, 2), (2,)) == (PARTS[2],)
    assert chosen_of(PARTS, (3,), (3,)) == (PARTS[3],)
    assert chosen_of(PARTS, (), ()) == ()


def test_at_first_it_is_asked_whether_it_is_any_of_them() -> None:
    searching = smallest((1, 2), certain=False)
    assert next(searching) == {1, 2}
    assert searching.send(True) == {1}  # noqa: FBT003
    searching = smallest((1, 2), certain=False)
    next(searching)
    with pytest.raises(StopIteration) as ended:
        searching.send(False)  # noqa: FBT003
    assert ended.value.value == ()
    with pytest.raises(StopIteration):
        next(smallest((), certain=False))


@pytest.mark.parametrize(
    ("disliked", "causes"),
    [
        ([Kind.SUBJECT], [Cause.CONTENT]),
        ([Kind.LINK], [Cause.CONTENT]),
        ([Kind.PARAGRAPH], [Cause.CONTENT, Cause.VIRUS]),
        ([Kind.ATTACHMENT], [Cause.POLICY, Cause.VIRUS, Cause.CONTENT]),
        ([Kind.ATTACHMENT, Kind.LINK], [Cause.CONTENT]),
    ],
)
def test_what_is_disliked_tells_of_the_cause(disliked: list[Kind], causes: list[Cause]) -> None:
    found = likelihoods_of([Part(kind, "", ()) for kind in disliked], PARTS)
    assert [cause for cause in sorted(found, key=lambda each: -found[each]) if found[cause] > 0.05][
        : len(causes)
    ] == causes


def test_in_a_message_without_files_malware_is_in_the_text() -> None:
    text = [part for part in PARTS if part.kind in {Kind.SUBJECT, Kind.PARAGRAPH}]
    found = likelihoods_of(text[1:], text)
    assert found[Cause.VIRUS] > found[Cause.CONTENT] == 0.5
