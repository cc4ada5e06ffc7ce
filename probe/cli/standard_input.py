"""What comes through a pipe, kept as a file: errors show lines that were read before."""

from __future__ import annotations

from pathlib import Path

from probe.input_error import InputError
from probe.user_files import is_pipe


def as_file(path: Path) -> Path:
    """Return a path that can be read more than once: of a pipe or ``-`` (standard input) a copy, else the path itself.

    The copy is removed when the command ends. Raises InputError.
    """
    import atexit
    import shutil
    import sys
    import tempfile

    if str(path) != "-" and not is_pipe(path):
        return path
    if str(path) == "-" and sys.stdin is None:
        raise InputError(path, "is standard input, which is closed", "name a file")
    folder = Path(tempfile.mkdtemp(prefix="fivefifty-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    kept = folder / "standard-input"
    try:
        with kept.open("wb") as file:
            if str(path) == "-":
                shutil.copyfileobj(sys.stdin.buffer, file)
            else:
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, file)
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "write it to a file, and name the file") from None
    return kept
