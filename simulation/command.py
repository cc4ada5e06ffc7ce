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
    said = "".join(line for line in done.stderr.splitlines(keepends=True) if not line.startswith(_ENDED_BEFORE))
    return f"exit code {done.returncode}: {said.strip()}" if done.returncode not in passing or said else ""
