"""What a gateway remembers of strangers: so much that no scenario comes near, and no client can fill the memory."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

MOST: Final = 1_000_000
"""Entries of a few hundred octets, such as a triplet."""
MOST_COUNTERS: Final = 100_000
"""Entries of a thousand octets and more, such as a window of events."""


class Remembered(OrderedDict[Key, Value]):
    """A table of something about clients or recipients. Beyond ``most`` entries it forgets the oldest."""

    def __init__(self, most: int = MOST) -> None:
        super().__init__()
        self._most = most

    def __setitem__(self, key: Key, value: Value) -> None:
        super().__setitem__(key, value)
        if len(self) > self._most:
            self.popitem(last=False)
