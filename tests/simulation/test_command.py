"""What counts as the good end of a command."""

from __future__ import annotations

import sys

import pytest

from probe.cli.exit_codes import Exit
from simulation.command import fault_of

NOTE = "fivefifty: note: --log log: nothing is appended, because the run in run has ended before"


@pytest.mark.parametrize(
    ("said", "code", "fault"),
    [
        ("", 0, ""),
        (NOTE, 0, ""),
        ("", 1, ""),
        (NOTE, 2, "exit code 2: "),
        (f"{NOTE}\nTraceback", 0, "exit code 0: Traceback"),
        ("fivefifty: note: something else", 0, "exit code 0: fivefifty: note: something else"),
    ],
)
def test_a_command_ends_well_or_says_what_is_wrong(said: str, code: int, fault: str) -> None:
    script = f"import sys; print({said!r}, end='', file=sys.stderr); sys.exit({code})"
    assert fault_of([sys.executable, "-c", script], {Exit.PASSED, Exit.GATE_FAILED}) == fault
