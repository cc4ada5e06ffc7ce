"""Folders of a mailbox: which is junk, which come last, which are not searched."""

from __future__ import annotations

from probe.placement.folders import Folder, in_order
from probe.placement.placed import Where


def searched(*folders: Folder) -> list[tuple[bytes, Where]]:
    """Return names and meanings in the order of the search."""
    return [(each.name, each.where) for each in in_order(folders)]


def folder(name: bytes, *attributes: bytes, delimiter: bytes | None = b"/") -> Folder:
    """Return a folder."""
    return Folder(attributes, delimiter, name)


def test_the_server_says_which_folder_is_junk() -> None:
    assert searched(
        folder(b"INBOX"), folder(b"Spam"), folder(b"Unwanted", b"\\HasNoChildren", b"\\Junk"), folder(b"News")
    ) == [(b"Unwanted", Where.JUNK), (b"News", Where.OTHER), (b"Spam", Where.OTHER)]


def test_else_its_name_does() -> None:
    assert searched(folder(b"INBOX.Junk E-mail", delimiter=b"."), folder(b"SPAM", delimiter=None)) == [
        (b"INBOX.Junk E-mail", Where.JUNK),
        (b"SPAM", Where.JUNK),
    ]


def test_labels_come_last_and_what_was_sent_is_not_searched() -> None:
    assert searched(
        folder(b"[Gmail]", b"\\Noselect"),
        folder(b"[Gmail]/All Mail", b"\\All"),
        folder(b"[Gmail]/Sent", b"\\Sent"),
        folder(b"[Gmail]/Spam", b"\\Junk"),
        folder(b"[Gmail]/Starred", b"\\Flagged"),
        folder(b"Offers"),
    ) == [
        (b"[Gmail]/Spam", Where.JUNK),
        (b"Offers", Where.OTHER),
        (b"[Gmail]/All Mail", Where.OTHER),
        (b"[Gmail]/Starred", Where.OTHER),
    ]


def test_a_name_may_have_any_octets() -> None:
    (found,) = in_order([folder(b"Angebote \xfc")])
    assert (found.name, found.told) == (b"Angebote \xfc", "Angebote \N{REPLACEMENT CHARACTER}")
