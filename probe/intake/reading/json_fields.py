"""Reads fields of unchecked JSON documents; a field of the wrong type counts as missing."""

from __future__ import annotations

import re
from typing import Final

from probe.intake.reading.reply_text import MAX_TEXT

MAX_ADDRESS: Final = 1000
"""The most characters of an address, a name or an identifier that are kept."""

_NUMBER: Final = re.compile(r"-?[0-9]{1,9}")
Json = dict[str, object]
"""A parsed JSON object."""


def field(document: object, *path: str) -> object:
    """Return the value at a path of keys, None if there is none."""
    for key in path:
        if not isinstance(document, dict):
            return None
        document = document.get(key)
    return document


def at_path(document: object, path: str) -> object:
    """Return the value at a path such as ``msg.email``, ``to.0.address`` or ``tries.-1``, None if there is none.

    A key that holds the dots itself comes first. Of a list, a key that is no number is that of all its elements.
    """
    if isinstance(document, dict) and path in document:
        return document[path]
    found = document
    for key in path.split("."):
        if isinstance(found, list) and not _NUMBER.fullmatch(key):
            found = [value for element in found if (value := field(element, key)) is not None] or None
        elif isinstance(found, list):
            found = found[int(key)] if -len(found) <= int(key) < len(found) else None
        else:
            found = field(found, key)
    return found


def within(document: object, *path: str) -> Json:
    """Return the object at a path of keys, an empty one if there is none."""
    found = field(document, *path)
    return found if isinstance(found, dict) else {}


def each(document: object, *path: str) -> list[object]:
    """Return the elements of the array at a path of keys, [] if there is none."""
    found = field(document, *path)
    return found if isinstance(found, list) else []


def text(document: object, *path: str) -> str:
    """Return the text at a path of keys, stripped and cut to MAX_TEXT; "" if there is none."""
    found = field(document, *path)
    return printable(found, MAX_TEXT) if isinstance(found, str) else ""


def word(document: object, *path: str) -> str:
    """Return a short text at a path of keys: an address, a name or an identifier, also if it is a number."""
    found = field(document, *path)
    if type(found) is int and abs(found) < 10**18:
        return str(found)
    return printable(found, MAX_ADDRESS) if isinstance(found, str) else ""


def words(document: object, *path: str) -> list[str]:
    """Return the short texts at a path of keys, which holds one or an array; empty texts are left out."""
    found = field(document, *path)
    elements = found if isinstance(found, list) else [found]
    return [name for element in elements if (name := word(element))]


def printable(found: str, most: int) -> str:
    """Return a text stripped, cut, and without lone surrogates, which cannot be encoded in a file."""
    return found[:most].encode("utf-8", "replace").decode().strip()


def in_brackets(identifier: str) -> str:
    """Return a Message-ID in angle brackets, with or without brackets in the input; "" remains ""."""
    bare = identifier.strip("<> \t\r\n")
    return f"<{bare}>" if bare else ""


def joined(*parts: str) -> str:
    """Return the parts of a label as ``Permanent/General``, without empty parts."""
    return "/".join(filter(None, parts))
