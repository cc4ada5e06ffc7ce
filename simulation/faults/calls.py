"""Counts the calls to the machine by kind, in all processes of a run, and says which of them fails."""

from __future__ import annotations

from multiprocessing import get_context
from typing import Final, NamedTuple

KINDS: Final = (
    "open",
    "read",
    "write",
    "commit",
    "room",
    "file",
    "rename",
    "start",
    "socket",
    "dial",
    "send",
    "send-again",
    "receive",
    "receive-again",
    "ask",
    "answer",
)
"""Calls that can fail: of the database, of files, of processes, of connections, of datagrams.

``room`` is a commit for which the machine itself has no room. ``-again`` asks for another try (EAGAIN).
"""


class Fault(NamedTuple):
    """Which call fails: the one of this ``number`` among those of its kind, with ``lasting`` all that follow too."""

    kind: str
    number: int
    lasting: bool = False


class Calls:
    """Counts calls. Processes that are forked count together."""

    def __init__(self, fault: Fault | None = None) -> None:
        self._fault = fault
        self._numbers = {kind: get_context("fork").Value("q", 0) for kind in KINDS}
        self._struck = get_context("fork").Value("q", 0)

    def fails(self, kind: str) -> bool:
        """Count a call; return whether it fails."""
        number = self._numbers[kind]
        with number.get_lock():
            number.value += 1
            now = number.value
        fault = self._fault
        if fault is None or kind != fault.kind or now < fault.number or (now > fault.number and not fault.lasting):
            return False
        with self._struck.get_lock():
            self._struck.value += 1
        return True

    @property
    def struck(self) -> int:
        """How many calls have failed."""
        return int(self._struck.value)

    def made(self) -> dict[str, int]:
        """Return how many calls of each kind were made."""
        return {kind: int(number.value) for kind, number in self._numbers.items() if number.value}
