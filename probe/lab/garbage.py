"""Makes Python's garbage collector run seldom while lanes are sent or judged."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

_NEW_OBJECTS: Final = 500_000
"""New objects between two collections. Python's default is 700, which costs lanes a twentieth of their time."""


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Collect garbage seldom, and skip the objects that exist already: most are needed until the end.

    Lanes make hardly any garbage that needs the collector: nearly all objects are freed when their last use ends.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_NEW_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
