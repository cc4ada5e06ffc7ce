"""Which of a mailbox's folders are searched, in which order, and what it means to be in one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from probe.placement.placed import Where

INBOX: Final = b"INBOX"
_JUNK: Final = b"\\junk"
_NOT_SEARCHED: Final = frozenset({b"\\noselect", b"\\nonexistent", b"\\sent", b"\\drafts"})
_OF_ALL: Final = frozenset({b"\\all", b"\\flagged", b"\\important"})
"""Folders with messages of other folders, where labels stand in for folders (RFC 6154, RFC 8457)."""
_JUNK_NAMES: Final = frozenset(
    {b"junk", b"spam", b"bulk", b"bulk mail", b"junk e-mail", b"junk email", b"junk mail", b"spamverdacht"}
)


class Folder(NamedTuple):
    """A folder as the server lists it: attributes, delimiter of levels, and its name, in whatever octets it has."""

    attributes: tuple[bytes, ...]
    delimiter: bytes | None
    name: bytes


class Searched(NamedTuple):
    """A folder to be searched. ``told`` is its name, readable."""

    name: bytes
    where: Where
    told: str


def in_order(folders: Iterable[Folder]) -> Iterator[Searched]:
    """Yield the folders to search after the inbox: junk, then others, and last those that repeat others.

    Junk is what the server calls so (RFC 6154 section 2), or else what has a usual name of it.
    """
    listed = [(each, frozenset(map(bytes.lower, each.attributes))) for each in folders]
    listed = [(each, attributes) for each, attributes in listed if not attributes & _NOT_SEARCHED]
    is_told = any(_JUNK in attributes for _, attributes in listed)
    found = [
        (2 if attributes & _OF_ALL else not is_junk, each, is_junk)
        for each, attributes in listed
        if each.name.upper() != INBOX
        for is_junk in [_JUNK in attributes if is_told else _level(each).lower() in _JUNK_NAMES]
    ]
    for _, each, is_junk in sorted(found, key=lambda item: (item[0], item[1].name)):
        yield Searched(each.name, Where.JUNK if is_junk else Where.OTHER, readable(each.name))


def _level(folder: Folder) -> bytes:
    """Return the last part of a folder's name."""
    return folder.name.rsplit(folder.delimiter, 1)[-1] if folder.delimiter else folder.name


def readable(name: bytes) -> str:
    """Return the name of a folder for people. It may have any octets: modified UTF-7, UTF-8, or neither."""
    return name.decode("utf-8", "replace")
