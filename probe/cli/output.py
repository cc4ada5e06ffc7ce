"""Files that a command writes: tried before the work is done that goes into them."""

from __future__ import annotations

from pathlib import Path

from probe.input_error import InputError


def require_writable(option: str, path: Path | None) -> None:
    """Raise InputError where a file that was asked for cannot be written; what it holds stays."""
    if path is None:
        return
    try:
        path.open("ab").close()
    except OSError as error:
        raise InputError(f"{option} {path}", f"cannot be written ({error.strerror})", "choose another file") from None
