"""Values for the slots of replies."""

from __future__ import annotations


class Slots(dict[str, str]):
    """A value for every slot: its name."""

    def __missing__(self, name: str) -> str:
        return name
