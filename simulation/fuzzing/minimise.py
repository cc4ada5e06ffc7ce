"""Makes an input smaller as long as it does the same."""

from __future__ import annotations

from collections.abc import Callable


def minimised(data: bytes, still: Callable[[bytes], bool], most: int) -> bytes:
    """Return a smaller input for which ``still`` is true, after at most ``most`` tries of it."""
    left = most
    size = max(1, len(data) // 2)
    while size and left > 0:
        start, changed = 0, False
        while start < len(data) and left > 0:
            smaller = data[:start] + data[start + size :]
            left -= 1
            if still(smaller):
                data, changed = smaller, True
            else:
                start += size
        if size > 1 or not changed:
            size //= 2
    return data
