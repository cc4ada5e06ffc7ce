"""CPU time of this process: ends what takes too much. What other processes do does not count."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class IsOverError(BaseException):
    """The CPU time is over. No code takes this exception for one of its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise IsOverError in whatever takes more; only in the main thread, and not while C code runs."""

    def is_over(*_: Any) -> None:
        raise IsOverError(f"takes more than {seconds:g} s of CPU time")

    before = signal.signal(signal.SIGPROF, is_over)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
