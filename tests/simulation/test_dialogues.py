"""The model of the server notices what a broken session does."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any, Final

import pytest

from fake_gateways.decider import Decider
from fake_gateways.session import Session
from fake_gateways.smtp.parameters import Wanted
from simulation.fuzzing.dialogues import Dialogues, Mismatch, Step
from simulation.fuzzing.targets import smtp_model

BROKEN: Final[dict[str, tuple[type, str, Callable[..., Any]]]] = {
    "what was filed is never forgotten": (Decider, "forget", lambda *_: None),
    "who was taken is not cut": (Decider, "cut", lambda *_, **__: None),
    "NOTIFY is not kept": (Wanted, "keep", lambda *_: None),
    "a mistake is not counted": (Session, "_mistake", lambda _, reply, **__: reply),
    "a refused EHLO leaves its name": (Session, "_helo_judged", lambda self, no: no or self._say("ehlo")),
    "a lost client stays connected": (Session, "lost", Session._abort_transaction),
}


def run_all() -> None:
    """Run inputs, the same each time."""
    for seed in range(150):
        smtp_model.run(random.Random(seed).randbytes(200))


def test_a_whole_session_is_as_its_model_says() -> None:
    run_all()


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_session_is_found_out(broken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    of, name, instead = BROKEN[broken]
    monkeypatch.setattr(of, name, instead)
    with pytest.raises(Mismatch):
        run_all()


def test_a_mismatch_shows_both_sides_and_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(Session._ANSWERS, "NOOP", lambda session, _: session._say("quit"))  # type: ignore[arg-type]
    dialogues = Dialogues()
    dialogues.take(Step("connect", text="192.0.2.1"))
    with pytest.raises(Mismatch, match=r"codes: \[221\]\nthe model has \[250\], after\n  1: .*connect.*\n  2: .*NOOP"):
        dialogues.take(Step("say", "NOOP"))
