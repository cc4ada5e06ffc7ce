"""Reads logs and mailboxes from disk as streams."""

from __future__ import annotations

import gzip
import mailbox
import os
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from probe.input_error import InputError
from probe.intake.event import LogLine

Advance = Callable[[int], None]
"""Called with the number of octets that were read since the last call."""
_AT_MOST: Final = 12_000_000
"""The most octets of a line; JSON on one line may be long."""
_PACKED: Final = b"\x1f\x8b"
"""The first octets of a gzip file (RFC 1952 section 2.3.1); the file's name does not matter."""


def size_of(path: Path) -> int:
    """Return the size in octets of a file, or of all files in a folder; raises InputError if it does not exist."""
    try:
        if path.is_dir():
            return sum(entry.stat().st_size for entry in path.rglob("*") if entry.is_file())
        if not path.is_file():
            raise InputError(path, "is not a file", "check the file name")
        return path.stat().st_size
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "check its permissions") from None


def lines(path: Path, advance: Advance = lambda _: None) -> Iterator[LogLine]:
    """Yield the lines of a text file, gzipped or not; octets that are not UTF-8 are replaced. Raises InputError."""
    try:
        with path.open("rb") as raw:
            is_packed = raw.peek(len(_PACKED)).startswith(_PACKED)
            file: IO[bytes] = gzip.GzipFile(fileobj=raw) if is_packed else raw  # type: ignore[assignment]
            before = number = 0
            while octets := file.readline(_AT_MOST):
                number += 1
                yield LogLine(number, octets.decode("utf-8", "replace").rstrip("\r\n"))
                if number % 1000 == 0:
                    advance(raw.tell() - before)
                    before = raw.tell()
            advance(raw.tell() - before)
    except (OSError, EOFError, zlib.error) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
        raise InputError(path, f"cannot be read ({reason})", "check the file and its permissions") from None


def messages(path: Path, advance: Advance = lambda _: None) -> Iterator[bytes]:
    """Yield the messages of an mbox file or a Maildir folder; a deleted message is empty. Raises InputError."""
    try:
        if path.is_dir() and not (path / "cur").is_dir():
            raise InputError(path, "is a folder without cur, so it is not a Maildir", "name a Maildir or an mbox file")
        box: mailbox.Mailbox[mailbox.mboxMessage] | mailbox.Mailbox[mailbox.MaildirMessage] = (
            mailbox.Maildir(os.fspath(path), create=False)
            if path.is_dir()
            else mailbox.mbox(os.fspath(path), create=False)
        )
        for key in sorted(box.iterkeys()):
            try:
                octets = box.get_bytes(key)
            except (OSError, KeyError):
                octets = b""  # moved by another program: a Maildir may be in use
            advance(len(octets))
            yield octets
        box.close()
    except (OSError, mailbox.Error) as error:
        raise InputError(path, f"cannot be read ({error})", "name a Maildir or an mbox file") from None
