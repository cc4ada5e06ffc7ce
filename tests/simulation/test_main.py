"""The command: what it refuses, what it keeps when it is interrupted, and its exit codes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
import typer

from probe.cli.exit_codes import Exit
from simulation import __main__ as command
from simulation.account import Account
from simulation.part import Failure, Tried

TRIED = Tried(Counter(cases=3, worlds=3))


def run(**given: Any) -> int:
    """Run the command, and return its exit code."""
    options = {"lasts": "1s", "seed": "a", "only": "worlds", "again": "", "processes": 1, "keep": False, **given}
    with pytest.raises(typer.Exit) as ended:
        command.main(**options)
    return ended.value.exit_code


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> list[Account]:
    """Return the accounts that are saved."""
    saved: list[Account] = []
    monkeypatch.setattr(command, "load_account", Account)
    monkeypatch.setattr(command, "save_account", saved.append)
    return saved


def simulating(tried: Tried, *, interrupted: bool = False) -> Callable[..., Any]:
    """Return what tries some cases, and then may be interrupted."""

    def simulate(_: Any, __: str, ___: float, ____: int, tell: Callable[..., None]) -> dict[str, tuple[Tried, float]]:
        tell("worlds", tried, 1.0)
        if interrupted:
            raise KeyboardInterrupt
        return {"worlds": (tried, 1.0)}

    return simulate


def test_counts_are_kept_if_asked_for(monkeypatch: pytest.MonkeyPatch, kept: list[Account]) -> None:
    monkeypatch.setattr(command, "simulate", simulating(TRIED))
    assert run() == Exit.PASSED
    assert kept == []
    assert run(keep=True) == Exit.PASSED
    assert kept[0].parts["worlds"]["worlds"] == 3


def test_counts_are_kept_after_an_interrupt(
    monkeypatch: pytest.MonkeyPatch, kept: list[Account], capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "simulate", simulating(TRIED, interrupted=True))
    assert run(keep=True) == Exit.INTERRUPTED
    assert capsys.readouterr().err == "interrupted after 3 cases of worlds: 0 failures\n"
    assert [account.parts["worlds"]["cases"] for account in kept] == [3]


def test_a_failure_is_shown_with_how_to_repeat_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = Tried(Counter(cases=1), failures=[Failure("worlds", "a/1", "sent-once: mail came twice")])
    monkeypatch.setattr(command, "simulate", simulating(failed))
    assert run() == Exit.GATE_FAILED
    assert "repeat it: make simulate AGAIN=worlds:a/1" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"again": "worlds:a/1", "keep": True}, "--keep is beside --again"),
        ({"again": "worlds"}, "--again worlds names no case"),
        ({"again": "worlds:a"}, "worlds has no case a: a case is SEED/NUMBER"),
        ({"lasts": "90"}, "--for '90' is not a duration with a unit"),
        ({"lasts": "0s"}, "--for is no time at all"),
        ({"seed": "a b"}, "--seed has other characters"),
        ({"only": "world"}, "no part is called 'world'"),
    ],
)
def test_wrong_options_are_refused_in_one_sentence(
    given: dict[str, Any], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(**given) == Exit.INPUT_WRONG
    said = capsys.readouterr().err
    assert said.startswith(f"error: {told}")
    assert said.count("\n") == 1
