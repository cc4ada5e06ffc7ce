"""Fields of a JSON document that nobody has checked: what is of the wrong type is as good as absent."""

from __future__ import annotations

from typing import Final

from probe.intake.reading.reply_text import MAX_TEXT

MAX_ADDRESS: Final = 1000
"""Characters of an address, a name or an identifier that are kept."""

Json = dict[str, object]
"""A JSON object as it was parsed."""


def field(document: object, *path: str) -> object:
    """Return what stands at a path of keys, None where nothing does."""
    for key in path:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def within(document: object, *path: str) -> Json:
    """Return the object at a path of keys, empty where there is none."""
    found = field(document, *path)
    return found if isinstance(found, dict) else {}


def each(document: object, *path: str) -> list[object]:
    """Return the elements of the array at a path of keys, none where there is no array."""
    found = field(document, *path)
    return found if isinstance(found, list) else []


def text(document: object, *path: str) -> str:
    """Return the text at a path of keys without blanks around it, cut to MAX_TEXT, empty where there is none."""
    found = field(document, *path)
    return printable(found, MAX_TEXT) if isinstance(found, str) else ""


def word(document: object, *path: str) -> str:
    """Return a short text at a path of keys: an address, a name, an identifier, also one written as a number."""
    found = field(document, *path)
    if type(found) is int and abs(found) < 10**18:
        return str(found)
    return printable(found, MAX_ADDRESS) if isinstance(found, str) else ""


def words(document: object, *path: str) -> list[str]:
    """Return the short texts at a path of keys, whether it holds one or an array of them; empty ones are left out."""
    found = field(document, *path)
    elements = found if isinstance(found, list) else [found]
    return [name for element in elements if (name := word(element))]


def printable(found: str, most: int) -> str:
    """Return a text without blanks around it, cut, and free of lone surrogates, which no file can hold."""
    return found[:most].encode("utf-8", "replace").decode().strip()


def in_brackets(identifier: str) -> str:
    """Return a Message-ID in angle brackets, whether it came in them or not; empty stays empty."""
    bare = identifier.strip("<> \t\r\n")
    return f"<{bare}>" if bare else ""


def joined(*parts: str) -> str:
    """Return the parts of a label as ``Permanent/General``, without those that are empty."""
    return "/".join(filter(None, parts))
