"""Fuzzing finds planted faults, makes them small, and gives the same inputs for the same seed."""

from __future__ import annotations

import json
import random
import subprocess
from collections.abc import Callable
from itertools import islice
from pathlib import Path

import pytest

from probe.input_error import InputError
from simulation.fuzzing import guided, part, watch
from simulation.fuzzing.minimise import minimised
from simulation.fuzzing.mutation import Mutator
from simulation.fuzzing.part import Fuzzing
from simulation.fuzzing.target import CORPORA, Target
from simulation.fuzzing.targets import TARGETS
from simulation.part import Tried

every_target = pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)


def never_ends(_: bytes) -> None:
    while True:
        pass


def takes_memory(_: bytes) -> None:
    bytearray(2 * watch.MOST_MEMORY)


def raises(_: bytes) -> None:
    json.loads("{")


def refuses(_: bytes) -> None:
    raise InputError("it", "is wrong", "correct it")


@pytest.mark.parametrize(
    ("run", "kind"),
    [
        (never_ends, "hang"),
        (takes_memory, "memory"),
        (raises, "JSONDecodeError at test_fuzzing.py:raises"),
        (refuses, None),
        (len, None),
    ],
)
def test_what_an_input_must_not_do_is_told(
    run: Callable[[bytes], None], kind: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "LONGEST_S", 0.2)
    fault = watch.tried(Target("toy", run), b"")
    assert (fault and fault.kind) == kind


def test_the_same_seed_makes_the_same_inputs_and_another_seed_makes_others() -> None:
    one, same, other = (
        [Mutator([b"550 5.1.1 no\nsuch user"], [b"word"], 1_000, random.Random(seed)).next() for _ in range(1)]
        for seed in ("a", "a", "b")
    )
    assert one == same != other


def test_inputs_are_many_and_no_longer_than_they_may_be() -> None:
    mutator = Mutator([b"550 5.1.1 no\nsuch user"], [b"word"], 1_000, random.Random("a"))
    inputs = [mutator.next() for _ in range(2_000)]
    assert len(set(inputs)) > 1_500
    assert max(map(len, inputs)) == 1_000


def test_a_failing_input_is_made_as_small_as_it_can_be() -> None:
    assert minimised(b"some words [around] a (fault)!", lambda data: b"[" in data and b")" in data, 1_000) == b"[)"
    assert minimised(b"nothing to try", lambda _: True, 0) == b"nothing to try"


def planted(data: bytes) -> None:
    if b"[" in data:
        raise KeyError("planted")


def test_a_planted_fault_is_found_by_seed_once_and_repeated_by_its_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    target = Target("toy", planted, corpus="units", batch=300)
    monkeypatch.setattr(part, "_BY_NAME", {"toy": target})
    found = Tried()
    Fuzzing().attempt("toy/seed/0", found, tmp_path)
    (failure,) = found.failures
    assert (found.counts["toy inputs"], failure.what) == (
        300,
        "raises KeyError at test_fuzzing.py:planted: 'planted'",
    )
    again = Tried()
    Fuzzing().attempt(failure.case, again, tmp_path)
    assert (again.counts["toy inputs"], again.failures) == (1, [failure])


def test_inputs_that_fail_under_atheris_only_are_a_failure(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    target = Target("toy", planted, corpus="units")
    monkeypatch.setattr(part, "_BY_NAME", {"toy": target})
    monkeypatch.setattr(guided, "run", lambda *_: ([b"[", b"fine", b"[["], 50))
    found = Tried()
    Fuzzing().attempt("toy/guided:seed/3", found, tmp_path)
    alone, repeated = found.failures
    assert (alone.case, alone.what) == ("toy/guided:seed/3", "1 inputs failed under atheris only")
    Fuzzing().attempt(alone.detail, again := Tried(), tmp_path)
    assert (again.counts["toy inputs"], again.failures) == (1, [])
    assert repeated.what.startswith("raises KeyError at ")


@pytest.mark.parametrize(("code", "written"), [(77, "50"), (0, "")])
def test_atheris_that_ends_otherwise_is_an_error(
    code: int, written: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def run(*_: object, **__: object) -> subprocess.CompletedProcess[bytes]:
        if written:
            (tmp_path / "count").write_text(written, "ascii")
        return subprocess.CompletedProcess((), code, b"", b"out of memory")

    monkeypatch.setattr(guided.subprocess, "run", run)
    with pytest.raises(RuntimeError, match=f"atheris ended with {code}: out of memory"):
        guided.run(Target("toy", planted, corpus="units"), "seed", tmp_path)


def test_an_unknown_target_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no target is called 'nothing'"):
        Fuzzing().attempt("nothing/seed/0", Tried(), tmp_path)


def test_every_target_comes_in_turn_by_seed_and_guided() -> None:
    cases = list(islice(Fuzzing().cases("seed"), 4 * len(TARGETS)))
    assert len(set(cases)) == len(cases)
    assert set(cases[: len(TARGETS)]) == {f"{target.name}/seed/0" for target in TARGETS}
    assert cases[0].partition("/")[0] != next(Fuzzing().cases("another")).partition("/")[0]
    assert any("/guided:" in case for case in cases) is guided.IS_POSSIBLE


@pytest.mark.skipif(not guided.IS_POSSIBLE, reason="atheris is not installed")
def test_atheris_tries_a_batch(tmp_path: Path) -> None:
    target = next(each for each in TARGETS if each.name == "units")
    failing, number = guided.run(target, "seed", tmp_path)
    assert (failing, number) == ([], target.batch)


def test_no_two_targets_have_a_name() -> None:
    assert len({target.name for target in TARGETS}) == len(TARGETS)


@every_target
def test_every_input_that_is_kept_is_small_and_read_or_refused(target: Target) -> None:
    inputs = target.inputs()
    assert inputs
    for data in inputs:
        assert len(data) <= target.longest
        try:
            target.run(data)
        except target.allowed:
            continue


def test_no_corpus_is_without_a_target() -> None:
    assert {each.name for each in CORPORA.iterdir()} == {target.corpus or target.name for target in TARGETS}
