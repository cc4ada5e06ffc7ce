"""Runs a coroutine on uvloop where the platform has it, otherwise on asyncio's own loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

try:
    import uvloop
except ImportError:  # not available on every platform
    NEW_LOOP: Callable[[], asyncio.AbstractEventLoop] = asyncio.new_event_loop
else:
    NEW_LOOP = uvloop.new_event_loop

T = TypeVar("T")


def run(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end, as ``asyncio.run`` does.

    What exists before it begins is as a rule needed until its end, so the garbage collector passes over it.
    """
    gc.freeze()
    try:
        with asyncio.Runner(loop_factory=NEW_LOOP) as runner:
            return runner.run(main)
    finally:
        gc.unfreeze()
