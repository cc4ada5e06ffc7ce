"""Runs a coroutine on uvloop where the platform has it, otherwise on asyncio's own loop."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from probe.lab.garbage import seldom_collected

try:
    import uvloop
except ImportError:  # not available on every platform
    NEW_LOOP: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    NEW_LOOP = uvloop.new_event_loop

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, as ``asyncio.run`` does. Garbage is collected seldom."""
    with _most_files(), seldom_collected(), asyncio.Runner(loop_factory=NEW_LOOP) as runner:
        return runner.run(main)


@contextmanager
def _most_files() -> Iterator[None]:
    """Open as many files as the system lets this process: each connection is one at either end.

    Where the system refuses, as it may where there is no limit, the limit stays.
    """
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    _, most = before
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    try:
        yield
    finally:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, before)
