"""Takes from a text whatever a terminal or a page would obey."""

from __future__ import annotations


def harmless(text: str) -> str:
    """Return a text without control characters, marks of direction, and halves of characters: ``?`` in their place."""
    if text.isprintable():  # nearly all are
        return text
    return "".join(each if each.isprintable() or each == "\n" else "?" for each in text)


def clipped(text: str, most: int) -> str:
    """Return the harmless beginning of a text, and how much of it is left out, if any is."""
    if len(text) <= most:
        return harmless(text)
    return f"{harmless(text[:most])}... ({len(text) - most:,} more characters)"
