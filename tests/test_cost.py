"""The gate on cost: a recipient of a small campaign makes as many calls as the committed figures say (make cost)."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest
from deadline import DEADLINE_S

BENCHMARKS: Final = Path(__file__).parents[1] / "benchmarks"


def test_a_recipient_costs_what_the_committed_figures_say() -> None:
    # In a process of its own, so that it does not matter which tests ran before.
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "calls.py"],
        check=False,
        capture_output=True,
        encoding="utf-8",
        timeout=DEADLINE_S,
    )
    if "not compared" in done.stdout:
        pytest.skip(done.stdout.splitlines()[-1])
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


@pytest.mark.parametrize(
    ("sending", "judging", "said"),
    [
        (659, 361, []),
        (661, 400, ["sending makes 661 calls a recipient, 10.2 % more than the 600 of calls.json"]),
        (
            500,
            480,
            [
                "judging makes 480 calls a recipient, 20.0 % more than the 400 of calls.json",
                "sending makes 500 calls a recipient, 16.7 % fewer than the 600 of calls.json",
            ],
        ),
    ],
    ids=["within a tenth", "one dearer", "one dearer, one cheaper"],
)
def test_each_part_that_changed_by_more_than_a_tenth_is_named(
    sending: int, judging: int, said: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    changes = importlib.import_module("calls").changes
    assert changes({"sending": sending, "judging": judging}, {"sending": 600, "judging": 400}) == said
