"""The part ``worlds`` tries worlds by seed, fails where a law or a canary's law does, and keeps a small world."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

import pytest
from small_world import small_world

from simulation.laws import worlds_part
from simulation.laws.canaries import CANARIES
from simulation.laws.law import Broken
from simulation.laws.worlds_part import Worlds
from simulation.part import Tried


@pytest.fixture(autouse=True)
def _small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds_part, "draw_world", small_world)


def test_a_world_is_counted(tmp_path: Path) -> None:
    part, tried = Worlds(regressions=tmp_path / "kept"), Tried()
    cases = list(islice(part.cases("ab"), 3))
    assert cases == ["ab/0", "ab/1", "ab/2"]
    part.attempt(cases[0], tried, tmp_path)
    assert tried.failures == []
    assert (tried.counts["worlds"], tried.counts["runs"]) == (1, 6)
    assert min(tried.counts[noun] for noun in ("decisions", "attempts", "virtual seconds")) > 0
    assert tried.pairs == {("greylisting", "lies")}


def test_a_canary_is_noticed_and_counted_by_kind(tmp_path: Path) -> None:
    part, tried = Worlds(), Tried()
    part.attempt("ab/7", tried, tmp_path)
    assert tried.failures == []
    kinds = [noun for noun in tried.counts if noun.startswith("canaries, ")]
    assert (tried.counts["canaries"], len(kinds)) == (1, 1)
    assert kinds[0].removeprefix("canaries, ") in {canary.name for canary in CANARIES}
    assert tried.pairs == set(), "a canary shows nothing of the features of its world"


def test_a_canary_that_no_law_notices_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worlds_part, "broken_laws", lambda _: [])
    tried = Tried()
    Worlds().attempt("ab/7", tried, tmp_path)
    assert "did not notice the canary" in tried.failures[0].what


def test_a_failing_world_is_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = []

    def run(world: object, *_: object) -> object:
        runs.append(world)
        return world

    monkeypatch.setattr(worlds_part, "run_world", run)
    monkeypatch.setattr(worlds_part, "_count", lambda *_: None)
    monkeypatch.setattr(worlds_part, "broken_laws", lambda _: [Broken("sent-once", "mail came twice")])
    tried = Tried()
    Worlds(regressions=tmp_path / "kept").attempt("ab/1", tried, tmp_path)
    (failure,) = tried.failures
    assert (failure.case, failure.what) == ("ab/1", "sent-once: mail came twice")
    kept = tmp_path / "kept" / "sent-once-ab-1"
    assert str(kept) in failure.detail
    assert [file.name for file in kept.iterdir()] == ["world.toml"]
    assert len(runs) > 2


def test_a_failure_that_does_not_come_again_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [[Broken("sent-once", "mail came twice")]]
    monkeypatch.setattr(worlds_part, "broken_laws", lambda _: found.pop() if found else [])
    tried = Tried()
    Worlds(regressions=tmp_path).attempt("ab/1", tried, tmp_path / "runs")
    assert tried.failures[0].detail == "it does not happen each time"
