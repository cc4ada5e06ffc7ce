"""Removes from text of peers everything that a terminal or the log of a CI system would execute."""

from __future__ import annotations

import re
from typing import Final

SHOWN: Final = 80
"""So many characters of what a stranger wrote are shown in a sentence about it."""
_COMMAND: Final = re.compile(r"^ *::(?=[A-Za-z-]+(?: |::))|##(?=\w*\[)", re.MULTILINE)
"""Commands in a log: GitHub's ``::name::`` at the start of a line and ``##[name]`` anywhere, Azure's ``##vso[name]``,
TeamCity's ``##teamcity[name]``. GitHub's second form is not documented (``ActionCommand.cs`` of its runner)."""


def harmless(text: str) -> str:
    """Return a text without control characters and CI commands; line feeds remain.

    The result is also valid in an XML 1.0 document (section 2.2).
    """
    shown = (
        text if text.isprintable() else "".join(each if each.isprintable() or each == "\n" else "?" for each in text)
    )
    return _COMMAND.sub(lambda found: found[0][:-1] + "?", shown)


def clipped(text: str, most: int) -> str:
    """Return the first ``most`` characters of a text, made harmless, and how many more there are."""
    if len(text) <= most:
        return harmless(text)
    return f"{harmless(text[:most])}... ({len(text) - most:,} more characters)"
