"""Sample files of other systems' logs and webhooks, as the lines that readers take."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from probe.intake.event import BadLine, Event, LogLine

Reader = Callable[[Iterable[LogLine]], Iterator[Event | BadLine]]
SAMPLES: Final = Path(__file__).parents[1] / "intake" / "documented"


def lines_of(text: str) -> list[LogLine]:
    """Return the lines of a text."""
    return [LogLine(number, line) for number, line in enumerate(text.split("\n"), 1)]


def sample(name: str) -> str:
    """Return the text of a sample file."""
    return (SAMPLES / name).read_text("utf-8")


def events_of(reader: Reader, *documents: Any) -> list[Event | BadLine]:
    """Return what a reader makes of documents, one a line."""
    return list(reader(lines_of("\n".join(map(json.dumps, documents)))))
