"""A structured log on request: a JSON object a line for every attempt and every decision, as they are written down."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, TextIO

_ENCODE: Final = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class Log:
    """Writes to an open text file, a line at a time. JSON escapes whatever a terminal would obey."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def beside(self, event: str, pen: Callable[[Any], None]) -> Callable[[Any], None]:
        """Return a pen that writes a row into the log as well."""

        def write(row: Any) -> None:
            pen(row)
            self._file.write(f"{_ENCODE({'event': event, **row._asdict()})}\n")

        return write
