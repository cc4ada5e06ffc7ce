"""Files and folders that the user names. What is wrong with them is a mistake in the input, never a fault of ours."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from probe.input_error import InputError, not_utf8

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a disk, a quota or a file-size limit that is reached."""


def is_file(path: Path) -> bool:
    """Return whether a file can be found. ``Path.is_file`` raises OSError where a folder above may not be searched."""
    try:
        return path.is_file()
    except OSError:
        return False


def is_folder(path: Path) -> bool:
    """Return whether a folder can be found; raises no OSError."""
    try:
        return path.is_dir()
    except OSError:
        return False


def is_pipe(path: Path) -> bool:
    """Return whether a named pipe can be found; raises no OSError."""
    try:
        return path.is_fifo()
    except OSError:
        return False


def exists(path: Path) -> bool:
    """Return whether a file, a folder or anything else can be found; raises no OSError."""
    try:
        return path.exists()
    except OSError:
        return False


def read_text(path: Path, most: int, too_large: str) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark; raises InputError.

    ``too_large`` is the remedy for a file of more than ``most`` octets.
    """
    try:
        with path.open("rb") as file:
            octets = file.read(most + 1)
    except OSError as error:
        remedy = "check the file name and its permissions"
        raise InputError(path, f"cannot be read ({error.strerror})", remedy) from None
    if len(octets) > most:
        raise InputError(path, f"is larger than {most // 1024**2} MiB", too_large)
    try:
        return octets.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(path, not_utf8(error), "save it as UTF-8") from None


def require_writable(option: str, path: Path | None) -> None:
    """Raise InputError if the file of an option cannot be written; its content stays. Does nothing for None."""
    if path is None:
        return
    with writing(f"{option} {path}"):
        is_new = not path.exists()
        path.open("ab").close()
        if is_new:
            path.unlink()  # a command that fails leaves no empty file


@contextmanager
def writing(place: object, remedy: str = "choose another file") -> Iterator[None]:
    """Turn an OSError into the InputError of a file or folder that cannot be written."""
    try:
        yield
    except OSError as error:
        raise unwritable(place, error, remedy) from None


def unwritable(place: object, error: OSError, remedy: str = "choose another file") -> InputError:
    """Return the InputError of a file or folder that cannot be written."""
    advice = f"make room, or {remedy}" if error.errno in FULL else remedy
    return InputError(place, f"cannot be written ({error.strerror})", advice)


def write_whole(path: Path, text: str) -> None:
    """Write a text file so that no reader finds half of it; raises OSError.

    An old file is replaced only by a complete one. What is no file, such as /dev/stdout, is written as it is.
    """
    if path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
        return
    unfinished = path.with_name(f".{path.name}")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)
