"""Runs a coroutine on uvloop where the platform has it, otherwise on asyncio's own loop."""

from __future__ import annotations

import asyncio
import resource
from collections.abc import Callable, Coroutine
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
    """Run a coroutine to its end, as ``asyncio.run`` does. Garbage is collected seldom.

    It may open as many files as the system lets this process: each connection is one at either end.
    """
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with seldom_collected(), asyncio.Runner(loop_factory=NEW_LOOP) as runner:
        return runner.run(main)
