"""Laws hold on a world as it is, and each notices the faults that are made for it on purpose."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing, nullcontext
from dataclasses import replace
from pathlib import Path

import pytest
from book_rows import attempt
from small_world import small_world
from source_tree import ROOT

from probe.ledger import FILE
from probe.scenario.sending import Retry
from simulation.laws import final_word
from simulation.laws.all_laws import LAWS, broken_laws
from simulation.laws.canaries import CANARIES, EVERY, Canary, canary_of
from simulation.laws.left import Left, Run
from simulation.laws.running import RESUMED, TCP, run_world
from simulation.laws.worlds_part import notices


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Return what the runs of the small world left."""
    return run_world(small_world(), tmp_path_factory.mktemp("ran"), apart=False)


def copied(left: Left, folder: Path) -> Left:
    """Return the same with copies of all books, to be spoilt."""

    def copied_run(run: Run) -> Run:
        shutil.copytree(run.folder, folder / run.name)
        copy = Run(run.name, folder / run.name)
        shutil.copyfile(run.log, copy.log)
        return copy

    honest, healed = (run and copied_run(run) for run in (left.honest, left.healed))
    return replace(left, runs=[copied_run(run) for run in left.runs], honest=honest, healed=healed)


def test_a_world_is_run_in_six_ways_and_breaks_no_law(ran: Left) -> None:
    assert [run.name for run in ran.all_runs] == ["memory", "tcp", "two workers", "resumed", "honest", "healed"]
    assert broken_laws(ran) == []
    assert {run.books.digest for run in ran.runs} == {ran.first.books.digest}
    assert ran.honest is not None
    assert {row.honest for row in ran.first.books.truths} == {True, False}
    assert {row.honest for row in ran.honest.books.truths} == {True}
    assert {row.cause for row in ran.first.books.truths} >= {"greylisted", "too-large", "system", "velocity"}
    assert ran.reports.keys() == {"page", "junit", "markdown", "codequality", "annotations", "terminal", "stories"}
    assert all("owned" in text for text in ran.reports.values())


def test_the_run_that_is_resumed_was_cut_off_after_a_commit(ran: Left) -> None:
    assert 1 <= ran.cut.number <= ran.cut.commits
    assert ran.runs[3].name == "resumed"
    assert (ran.runs[3].folder / FILE).exists()


def test_some_worlds_have_real_processes(tmp_path: Path) -> None:
    left = run_world(small_world(), tmp_path, apart=True)
    assert broken_laws(left) == []
    assert [run.result is None for run in left.runs] == [False, False, False, True]


@pytest.mark.parametrize("canary", CANARIES, ids=lambda canary: canary.name)
def test_a_law_is_the_first_to_notice_its_canary(canary: Canary, ran: Left, tmp_path: Path) -> None:
    if canary.during is nullcontext:
        left = copied(ran, tmp_path)
        noticed = broken_laws(left) if canary.spoil(left) else None
    else:
        noticed = notices(canary, small_world(), tmp_path)
    assert noticed is not None, "the world has nothing that this canary could spoil"
    assert noticed[0].law == canary.law


def test_experiments_of_the_sender_are_in_all_books_and_were_answered(tmp_path: Path) -> None:
    world = small_world()
    sender = {**world.scenario["sender"], "diagnose": {"after": "1h", "rate": "20/1h", "experiments": 6}}
    left = run_world(
        replace(world, scenario={**world.scenario, "sender": sender}), tmp_path, (TCP, RESUMED), apart=False
    )
    assert left.first.books.probes
    assert left.first.books.diagnoses
    assert broken_laws(left) == []
    for run in left.runs:
        with closing(sqlite3.connect(run.folder / FILE)) as books, books:
            books.execute("UPDATE probe SET text = text || '.' WHERE seq = 1")
        del run.books
    told = [what for law, what in broken_laws(left) if law == "books-join"]
    assert [what.partition(": Probe")[0] for what in told] == ["memory: an experiment has no decision"]


def test_only_a_later_round_than_a_refusal_is_a_retest() -> None:
    retry = Retry.model_validate({"first": "60s", "factor": 1, "longest": "60s", "give_up_after": "1000s"})
    refused = attempt(at=0.0, number=1, outcome="refused")
    last = attempt(at=950.0, number=3, duration_s=0.0, outcome="failed")
    for number, gave_up in ((1, True), (2, False)):
        rows = [refused, attempt(at=30.0, number=number, outcome="failed"), last]
        assert final_word._gave_up(rows, retry) is gave_up
    assert not final_word._gave_up([refused, last], retry)


def test_every_law_has_a_canary() -> None:
    assert {canary.law for canary in CANARIES} == {law.name for law in LAWS}


def test_the_page_on_trust_names_every_law_and_counts_the_canaries() -> None:
    text = (ROOT / "docs" / "trust.md").read_text("utf-8")
    assert re.findall(r"^\| ([a-z]+(?:-[a-z]+)+) \|", text, re.MULTILINE) == [law.name for law in LAWS]
    assert f"There are {len(CANARIES)} kinds." in text


def test_one_world_in_a_hundred_is_a_canary_of_another_kind_each_time() -> None:
    numbers = [canary_of(f"seed/{number}") for number in range(EVERY * len(CANARIES))]
    found = [number for number in numbers if number is not None]
    assert sorted(found) == list(range(len(CANARIES)))
    assert {canary_of(f"{seed}/7") for seed in range(200)} == set(range(len(CANARIES)))
    assert canary_of("without-a-number") is None
