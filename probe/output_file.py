"""Checks, before the work begins, that an output file can be written."""

from __future__ import annotations

from pathlib import Path

from probe.input_error import InputError


def require_writable(option: str, path: Path | None) -> None:
    """Raise InputError if the file of an option cannot be written; its content stays. Does nothing for None."""
    if path is None:
        return
    try:
        is_new = not path.exists()
        path.open("ab").close()
        if is_new:
            path.unlink()  # a command that fails leaves no empty file
    except OSError as error:
        raise InputError(f"{option} {path}", f"cannot be written ({error.strerror})", "choose another file") from None
