"""Opens files that users and scenarios name: only regular ones, of a limited size.

To read a device may never end, and to open a pipe waits for a writer.
"""

from __future__ import annotations

import errno
import os
import stat
from io import BufferedReader, TextIOWrapper
from pathlib import Path
from typing import Final

MAX_TABLE: Final = 1000**3
"""Octets of a table (CSV), at most."""


def open_bounded(path: Path, most: int | None = None) -> BufferedReader:
    """Open a regular file of at most ``most`` octets; raises OSError."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except ValueError:
        raise OSError(errno.EINVAL, "its name has a NUL character") from None
    flaw = _flaw(os.fstat(descriptor), most)
    if flaw is not None:
        os.close(descriptor)
        raise flaw
    return os.fdopen(descriptor, "rb")


def _flaw(status: os.stat_result, most: int | None) -> OSError | None:
    if stat.S_ISDIR(status.st_mode):
        return IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(status.st_mode):
        return OSError(errno.EINVAL, "it is a device or a pipe")
    if most is not None and status.st_size > most:
        return OSError(errno.EFBIG, f"it has more than {most // 1024**2:,} MiB")
    return None


def open_table(path: Path) -> TextIOWrapper:
    """Open a table (CSV) in UTF-8, with or without a byte order mark; raises OSError."""
    return TextIOWrapper(open_bounded(path, MAX_TABLE), "utf-8-sig", newline="")


def read_bounded(path: Path, most: int) -> bytes:
    """Return the content of a regular file of at most ``most`` octets; raises OSError."""
    with open_bounded(path, most) as file:
        # A read of ``most`` octets would take so much memory at once, however short the file is.
        return file.read(min(most, os.fstat(file.fileno()).st_size))
