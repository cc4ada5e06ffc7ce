"""Laws hold on a world as it is, and each notices the faults that are made for it on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_world import small_world

from probe.ledger import FILE
from simulation.laws.all_laws import LAWS, broken_laws
from simulation.laws.canaries import CANARIES, EVERY, Canary, canary_of
from simulation.laws.running import run_world
from simulation.laws.worlds_part import notices


def test_a_world_is_run_in_six_ways_and_breaks_no_law(tmp_path: Path) -> None:
    left = run_world(small_world(), tmp_path)
    assert [run.name for run in left.all_runs] == ["memory", "tcp", "two workers", "resumed", "honest", "healed"]
    assert broken_laws(left) == []
    assert {run.books.digest for run in left.runs} == {left.first.books.digest}
    assert left.honest is not None
    assert {row.honest for row in left.first.books.truths} == {True, False}
    assert {row.honest for row in left.honest.books.truths} == {True}
    assert {row.cause for row in left.first.books.truths} >= {"greylisted", "too-large", "system", "velocity"}
    assert left.reports.keys() == {"page", "junit", "markdown", "codequality", "annotations", "terminal", "stories"}
    assert all("owned" in text for name, text in left.reports.items() if name != "terminal")


def test_the_run_that_is_resumed_was_cut_off_at_another_commit_in_another_world(tmp_path: Path) -> None:
    finished = set()
    for number in range(3):
        left = run_world(small_world(f"x/{number}"), tmp_path / str(number), heal=False)
        finished.add((left.cut.number, left.cut.commits))
        assert 1 <= left.cut.number <= left.cut.commits
        assert (left.runs[3].folder / FILE).exists()
    assert len(finished) == 3


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.name)
def test_a_law_is_the_first_to_notice_its_canary(canary: Canary, tmp_path: Path) -> None:
    noticed = notices(canary, small_world(), tmp_path)
    assert noticed is not None, "the world has nothing that this canary could spoil"
    assert noticed[0].law == canary.law


def test_every_law_has_a_canary() -> None:
    assert {canary.law for canary in CANARIES} == {law.name for law in LAWS}


def test_one_world_in_a_hundred_is_a_canary_of_another_kind_each_time() -> None:
    numbers = [canary_of(f"seed/{number}") for number in range(EVERY * len(CANARIES))]
    found = [number for number in numbers if number is not None]
    assert sorted(found) == list(range(len(CANARIES)))
    assert {canary_of(f"{seed}/7") for seed in range(200)} == set(range(len(CANARIES)))
    assert canary_of("without-a-number") is None
