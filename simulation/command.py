"""Runs the command ``fivefifty`` as a user does."""

from __future__ import annotations

import subprocess
from collections.abc import Collection, Sequence
from typing import Final

from probe.cli.exit_codes import Exit

_ENDED_BEFORE: Final = "fivefifty: note: --log "
"""How the only note begins that a resumed run may print: it had ended, so nothing is appended to its log."""


def fault_of(command: Sequence[object], passing: Collection[int] = (Exit.PASSED,)) -> str:
    """Run a command; return what is wrong with its end, or nothing."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    return fault_in(done.returncode, done.stderr, passing)


def fault_in(code: int, told: str, passing: Collection[int] = (Exit.PASSED,)) -> str:
    """Return what is wrong with the end of a command, from its exit code and its standard error, or nothing."""
    said = "".join(line for line in told.splitlines(keepends=True) if not line.startswith(_ENDED_BEFORE))
    return f"exit code {code}: {said.strip()}" if code not in passing or said else ""
