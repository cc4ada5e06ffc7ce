"""Printing to a reader that may go before the end, and the errors of writing a file."""

from __future__ import annotations

import errno
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from probe.cli.exit_codes import PipeClosedError
from probe.harmless import harmless
from probe.input_error import InputError

FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Errors of a disk, a quota or a file-size limit that is reached."""


@contextmanager
def printing() -> Iterator[None]:
    """Print to a reader that may go before the end.

    Raises PipeClosedError when it has gone, InputError when output goes to a disk that is full.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        raise PipeClosedError from None
    except OSError as error:
        if error.errno in FULL and error.filename is None:
            problem = f"cannot be written ({error.strerror})"
            raise InputError("standard output", problem, "make room, or send it somewhere else") from None
        raise


def print_lines(lines: Iterable[str]) -> None:
    """Print lines, each harmless to the terminal and on one line."""
    with printing():
        for line in lines:
            print(harmless(line.replace("\n", " ")))


@contextmanager
def writing(option: str, path: Path) -> Iterator[None]:
    """Turn an OSError on a file that the user named into InputError, such as a full disk."""
    try:
        yield
    except OSError as error:
        remedy = "make room or choose another file" if error.errno in FULL else "choose another file"
        raise InputError(f"{option} {path}", f"cannot be written ({error.strerror})", remedy) from None
