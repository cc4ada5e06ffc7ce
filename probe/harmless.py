"""Takes away from others' words what a terminal or the log of a CI system would obey."""

from __future__ import annotations

import re
from typing import Final

_COMMAND: Final = re.compile(r"^ *::(?=[A-Za-z-]+(?: |::))|##(?=\w*\[)", re.MULTILINE)
"""How words in a log become commands: GitHub's ``::name::`` at the start of a line and ``##[name]`` anywhere, Azure's
``##vso[name]``, TeamCity's ``##teamcity[name]``. The second form of GitHub's is undocumented (``ActionCommand.cs`` of
its runner)."""


def harmless(text: str) -> str:
    """Return a text without anything that a terminal or a CI system's log would obey; lines stay lines.

    What is left is also what XML 1.0 allows in a document (section 2.2): nothing unprintable is.
    """
    shown = (
        text if text.isprintable() else "".join(each if each.isprintable() or each == "\n" else "?" for each in text)
    )
    return _COMMAND.sub(lambda found: found[0][:-1] + "?", shown)


def clipped(text: str, most: int) -> str:
    """Return the harmless beginning of a text, and how much of it is left out, if any is."""
    if len(text) <= most:
        return harmless(text)
    return f"{harmless(text[:most])}... ({len(text) - most:,} more characters)"
