"""Reads the mail that a program saved: mbox files, Maildirs, single mails, and folders of all these."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import Final, NamedTuple

from probe.input_error import InputError
from probe.intake.event import BadLine
from probe.intake.reading import mbox
from probe.intake.reading.files import Advance, octet_lines
from probe.returned_mail.mime import MAX_OCTETS

_MAILDIR: Final = frozenset({"new", "cur"})
"""The folders of a Maildir with whole messages (https://cr.yp.to/proto/maildir.html); ``tmp`` has unfinished ones."""
_NOT_MAIL: Final = {
    b"\xd0\xcf\x11\xe0": "is a message of Outlook (.msg)",
    b"!BDN": "is a data file of Outlook (.pst)",
    b"%PDF": "is a PDF document",
}
_SAVE_OTHERWISE: Final = "save the mail as .eml or mbox"


class SavedMail(NamedTuple):
    """A message, or why there is none. ``place`` is the file in the folder that the user named, else empty."""

    place: str
    message: bytes | BadLine


def messages(path: Path, advance: Advance = lambda _: None) -> Iterator[SavedMail]:
    """Yield the messages of a file or a folder. Raises InputError if the file, or a folder, cannot be read.

    A folder is read with all folders in it, except hidden ones. A file in it that is no mail costs no other file.
    """
    if not path.is_dir():
        for message in _in_file(path):
            advance(len(message))
            yield SavedMail("", message)
        return
    for file, is_beside in _files_in(path):
        place = str(file.relative_to(path))
        found = 0
        try:
            for message in _in_file(file):
                found += 1
                advance(len(message))
                yield SavedMail(place, message)
        except InputError as error:
            yield SavedMail(place, BadLine(0, error.problem, what="file"))
        else:
            if not found and not is_beside:
                yield SavedMail(place, BadLine(0, "holds no mail", what="file"))


def _in_file(path: Path) -> Iterator[bytes]:
    lines = octet_lines(path)
    first = next(lines, b"")
    kind = next((kind for start, kind in _NOT_MAIL.items() if first.startswith(start)), None)
    if kind is not None:
        raise InputError(path, kind, _SAVE_OTHERWISE)
    yield from mbox.messages(chain([first], lines), MAX_OCTETS)


def _files_in(folder: Path) -> Iterator[tuple[Path, bool]]:
    """Yield the files in a folder and the folders in it by name, and whether each lies beside those of a Maildir.

    Mail programs keep lists of their own there. Links to folders are followed, each once. Raises InputError.
    """
    seen: set[str] = set()

    def refuse(error: OSError) -> None:
        raise InputError(str(error.filename), f"cannot be read ({error.strerror})", "check its permissions")

    for place, folders, files in os.walk(folder, onerror=refuse, followlinks=True):
        real = os.path.realpath(place)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        is_maildir = not _MAILDIR.isdisjoint(folders)
        folders[:] = sorted(
            (each for each in folders if not (each.startswith(".") or (is_maildir and each == "tmp"))), key=_by_number
        )
        here = [Path(place, each) for each in sorted(files, key=_by_number) if not each.startswith(".")]
        for file in [each for each in here if each.is_file()]:
            yield file, is_maildir


def _by_number(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts 2.eml before 10.eml: programs number mail in the order in which it came."""
    return [(int(each), "") if each.isdecimal() else (0, each) for each in re.split(r"([0-9]{1,18})", name)]
