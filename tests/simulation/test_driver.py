"""The driver tries every case once, repeats nothing, and survives cases that crash, raise or hang."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from asyncio import CancelledError
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulation import driver, process
from simulation.driver import simulate
from simulation.part import Part, Tried, parts_named
from simulation.process import attempt


@dataclass
class Toy:
    """A part whose cases are told what to do by their names."""

    does: tuple[str, ...]
    name: str = "toy"
    weight: int = 1

    def cases(self, seed: str) -> Iterator[str]:
        return (f"{seed}/{number}/{what}" for number, what in enumerate(self.does))

    def attempt(self, case: str, tried: Tried, folder: Path) -> None:
        assert list(folder.iterdir()) == []
        tried.count("things")
        tried.met(["b", "a", case.split("/")[1]])
        match case.rpartition("/")[2]:
            case "raises":
                raise KeyError(case)
            case "is-cancelled":
                raise CancelledError
            case "dies":
                os.kill(os.getpid(), signal.SIGKILL)
            case "is-stopped":
                subprocess.Popen(["sh", "-c", f"sleep 0.6; kill -CONT {os.getpid()}"])
                os.kill(os.getpid(), signal.SIGSTOP)
            case "spins":
                while True:
                    pass
            case "hangs":
                time.sleep(600)


def test_every_case_is_tried_once_by_any_number_of_processes() -> None:
    part = Toy(("passes",) * 7)
    ((tried, _),) = simulate([part], "seed", 60, 3).values()
    assert (tried.counts["cases"], tried.counts["things"], tried.failures) == (7, 7, [])
    assert {("0", "a"), ("a", "b"), ("6", "b")} <= tried.pairs


def test_what_raises_or_kills_its_process_is_a_failure_and_the_others_are_tried() -> None:
    part = Toy(("raises", "passes", "dies", "passes", "passes"))
    ((tried, _),) = simulate([part], "x", 60, 2).values()
    assert sorted((each.case, each.what) for each in tried.failures) == [
        ("x/0/raises", "KeyError: 'x/0/raises'"),
        ("x/2/dies", "the process ended with -9"),
    ]
    assert tried.counts["cases"] == 5


def test_what_is_cancelled_is_a_failure_too() -> None:
    (failure,) = attempt(Toy(()), "x/0/is-cancelled").failures
    assert failure.what == "CancelledError: "


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, and wait for little."""
    monkeypatch.setattr(driver, "EVERY_S", 0.1)
    monkeypatch.setattr(process, "MOST_ASLEEP", 3)
    monkeypatch.setattr(process, "MOST_CPU_S", 0.3)


@pytest.mark.usefixtures("_impatient")
@pytest.mark.parametrize(
    ("does", "what"), [("hangs", "sleeps for 3 s"), ("spins", "takes more than 0.3 s of CPU time")]
)
def test_what_hangs_is_ended(does: str, what: str) -> None:
    ((tried, _),) = simulate([Toy((does, "passes"))], "x", 60, 1).values()
    assert [(each.case, each.what) for each in tried.failures] == [(f"x/0/{does}", what)]
    assert tried.counts["cases"] == 2


@pytest.mark.usefixtures("_impatient")
def test_what_gets_no_processor_does_not_hang() -> None:
    ((tried, _),) = simulate([Toy(("is-stopped",))], "x", 60, 1).values()
    assert (tried.counts["cases"], tried.failures) == (1, [])


@dataclass
class Caseless(Toy):
    """A part whose cases end otherwise than they should, before a case or after some."""

    def cases(self, seed: str) -> Iterator[str]:
        yield from Toy.cases(self, seed)
        if self.name == "hangs":
            time.sleep(600)
        raise KeyError(self.name)


@pytest.mark.parametrize("does", [(), ("passes", "passes")])
def test_a_process_that_dies_between_cases_is_a_failure_without_a_case(does: tuple[str, ...]) -> None:
    ((tried, _),) = simulate([Caseless(does)], "x", 60, 1).values()
    assert [(each.part, each.case, each.what) for each in tried.failures] == [("toy", "", "the process ended with 1")]
    assert tried.counts["cases"] == len(does)


@pytest.mark.usefixtures("_impatient")
def test_a_process_that_hangs_between_cases_is_ended_and_has_no_successor() -> None:
    ((tried, _),) = simulate([Caseless(("passes",), "hangs")], "x", 60, 1).values()
    assert [(each.case, each.what) for each in tried.failures] == [("", "sleeps for 3 s")]
    assert tried.counts["cases"] == 1


def test_no_case_begins_when_the_time_is_over() -> None:
    ((tried, _),) = simulate([Toy(("passes",))], "x", 0, 1).values()
    assert tried.counts["cases"] == 0


def test_one_case_is_repeated_by_its_name() -> None:
    tried = attempt(Toy(()), "x/0/raises")
    assert [(each.part, each.case) for each in tried.failures] == [("toy", "x/0/raises")]
    assert "in attempt" in tried.failures[0].detail


def test_parts_are_chosen_by_name() -> None:
    parts: list[Part] = [Toy((), "one"), Toy((), "two")]
    assert [part.name for part in parts_named(parts, ["two"])] == ["two"]
    with pytest.raises(ValueError, match="no part is called 'three': choose from one, two"):
        parts_named(parts, ["three"])


def test_some_cases_of_a_part_are_chosen_by_how_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    parts: list[Part] = [Toy(("a", "b", "c", "d"), "one"), Toy((), "two")]
    one, other = parts_named(parts, ["one:x/1", "two", "one:x/3"])
    assert (one.name, one.weight, other) == ("one", 1, parts[1])
    assert list(one.cases("x")) == ["x/1/b", "x/3/d"]
    assert parts_named(parts, ["one:x/1", "one"]) == parts[:1]
    monkeypatch.setattr("simulation.part._MOST_OTHERS", 2)
    assert list(one.cases("x")) == ["x/1/b", "x/3/d"]
    monkeypatch.setattr("simulation.part._MOST_OTHERS", 1)
    assert list(one.cases("x")) == []
