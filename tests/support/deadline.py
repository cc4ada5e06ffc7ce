"""Waiting for a condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

DEADLINE_S: Final = 120.0
PAUSE_S: Final = 0.005


def until(condition: Callable[[], bool], *, told: Callable[[], object] = lambda: "") -> None:
    """Return when the condition holds; fail with what ``told`` returns when it does not come to hold in time."""
    deadline = time.monotonic() + DEADLINE_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain: {told()}"
        time.sleep(PAUSE_S)
