"""Exceptions that are not awaited anywhere, such as one in a gateway's protocol."""

from __future__ import annotations

import asyncio
from typing import Any


class Faults:
    """Takes exceptions from an event loop."""

    def __init__(self) -> None:
        self._first: BaseException | None = None
        self.noted = asyncio.Event()

    def note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Take an exception from the event loop."""
        del loop
        self._first = self._first or context.get("exception") or RuntimeError(context["message"])
        self.noted.set()

    def raise_first(self) -> None:
        """Raise the first, if there is one."""
        if self._first is not None:
            raise self._first
