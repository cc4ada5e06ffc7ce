"""Files and folders that the user names. What is wrong with them is a mistake in the input, never a fault of ours."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from fake_gateways.untrusted.bounded_read import read_bounded
from probe.input_error import InputError, not_utf8

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a disk, a quota or a file-size limit that is reached."""


def file_of_user(name: str) -> Path:
    """Return a file that is kept for this user from one call to the next (XDG Base Directory Specification)."""
    home = os.environ.get("XDG_STATE_HOME", "")
    return (Path(home) if home.startswith("/") else Path.home() / ".local" / "state") / "fivefifty" / name


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
        return read_bounded(path, most).decode("utf-8-sig")
    except OSError as error:
        remedy = too_large if error.errno == errno.EFBIG else "check the file name and its permissions"
        raise InputError(path, f"cannot be read ({error.strerror})", remedy) from None
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
    reason = "it is a link" if error.errno == errno.ELOOP else error.strerror
    return InputError(place, f"cannot be written ({reason})", advice)


def write_whole(path: Path, text: str, *, is_named: bool = False) -> None:
    """Write a text file so that no reader finds half of it; raises OSError.

    An old file is replaced only by a complete one. If the user named it, it may be something else, such as /dev/stdout,
    and is written as it is.
    """
    if is_named and path.exists() and not path.is_file():
        path.write_text(text, "utf-8")
        return
    unfinished = path.with_name(f".{path.name}")
    write_here(unfinished, text.encode())
    unfinished.replace(path)


def write_here(path: Path, content: bytes) -> None:
    """Write a file whose name is ours into a folder of the user; raises OSError for a link, as ``open_here`` does."""
    with open_here(path) as file:
        file.buffer.write(content)


def open_here(path: Path) -> TextIOWrapper:
    """Open a file whose name is ours, in a folder of the user, to write it as text.

    The folder may come from a stranger, so a link in it is not followed. Raises OSError.
    """
    return open(path, "w", encoding="utf-8", newline="", opener=_without_links)


def _without_links(name: str, flags: int) -> int:
    return os.open(name, flags | os.O_NOFOLLOW, 0o666)
