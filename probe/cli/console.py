"""A rich console for output that may go into a pipe or a file."""

from __future__ import annotations

import re
import sys
from typing import IO, Final, cast

from rich.console import Console

from probe.cli.exit_codes import PipeClosedError

_UNLIMITED_WIDTH: Final = 100_000
_PADDING: Final = re.compile(r" +$", re.MULTILINE)


class _Unpadded:
    """Standard output without the spaces that tables end their lines with."""

    encoding = property(lambda _: sys.stdout.encoding)

    def write(self, text: str) -> int:
        return sys.stdout.write(_PADDING.sub("", text))

    def flush(self) -> None:
        sys.stdout.flush()


class PipedConsole(Console):
    """A console that wraps and cuts nothing where its output is not a terminal.

    A closed pipe raises PipeClosedError.
    """

    def __init__(self) -> None:
        super().__init__()
        if not self.is_terminal:
            self.width = _UNLIMITED_WIDTH
            self.file = cast("IO[str]", _Unpadded())

    def on_broken_pipe(self) -> None:
        """Raise, where rich would exit with the code of a failed gate."""
        raise PipeClosedError
