"""The optional log of a run (JSON Lines): every attempt and every decision, written when it is made."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TextIO

from probe.user_files import unwritable

_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class Log:
    """Writes JSON objects to an open text file, one a line. JSON escapes terminal control characters."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def tee(self, event: str, write_row: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return a function that writes a row with ``write_row`` and also into the log."""

        def write(row: Any) -> None:
            write_row(row)
            try:
                self._file.write(f"{_ENCODE({'event': event, **row._asdict()})}\n")
            except OSError as error:
                with suppress(OSError):
                    self._file.close()  # it still holds the row, and would fail again when the run closes it
                raise unwritable(f"--log {self._file.name}", error) from None

        return write
