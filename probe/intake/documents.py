"""JSON documents out of lines, whether there is one to a line, an array of them, or one over many lines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final, NamedTuple

from probe.intake.event import BadLine, Line

MAX_CHARACTERS: Final = 10_000_000
"""The longest document; a batch of a few thousand events is a megabyte."""
_OPENS, _CLOSES = "{[", "}]"


class Document(NamedTuple):
    """An object, and the line it begins at."""

    number: int
    fields: dict[str, Any]


def documents(lines: Iterable[Line]) -> Iterator[Document | BadLine]:
    """Yield objects, those in an array one by one; the end of each is found by counting brackets outside strings."""
    pending: list[str] = []
    began = length = 0
    counting = _Counting()
    for line in lines:
        text = line.text if pending else line.text.lstrip("\ufeff").strip()
        if not pending:
            if not text or text in {",", "[", "]"}:
                continue
            if text[0] not in _OPENS:
                yield BadLine(line.number, "is no JSON object")
                continue
            began, length, counting = line.number, 0, _Counting()
        pending.append(text)
        length += len(text) + 1
        counting.count(text)
        if length > MAX_CHARACTERS:
            yield BadLine(began, "begins a document of more than 10 million characters")
            pending = []
        elif counting.depth <= 0:
            yield from _parsed(began, "\n".join(pending))
            pending = []
    if pending:
        yield BadLine(began, "begins a document that does not end")


class _Counting:
    """Counts brackets, wherever lines end."""

    def __init__(self) -> None:
        self.depth = 0
        self._in_string = False

    def count(self, text: str) -> None:
        escaped = False
        for each in text:
            if self._in_string:
                if escaped:
                    escaped = False
                elif each == "\\":
                    escaped = True
                elif each == '"':
                    self._in_string = False
            elif each == '"':
                self._in_string = True
            elif each in _OPENS:
                self.depth += 1
            elif each in _CLOSES:
                self.depth -= 1


def _parsed(number: int, text: str) -> Iterator[Document | BadLine]:
    try:
        value = json.loads(text.rstrip().rstrip(","), strict=False)
    except (ValueError, RecursionError) as error:
        yield BadLine(number, f"is no JSON ({str(error)[:80]})")
        return
    for each in value if isinstance(value, list) else [value]:
        if isinstance(each, dict):
            yield Document(number, each)
        else:
            yield BadLine(number, "holds something that is no object")


def text_of(fields: Any, *path: str | int) -> str:
    """Return a text by its path, a number as it is written, empty where there is nothing of the kind."""
    value = value_of(fields, *path)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def value_of(fields: Any, *path: str | int) -> Any:
    """Return a value by its path, None where it leads nowhere."""
    for step in path:
        if isinstance(fields, dict) and isinstance(step, str):
            fields = fields.get(step)
        elif isinstance(fields, list) and isinstance(step, int) and -len(fields) <= step < len(fields):
            fields = fields[step]
        else:
            return None
    return fields


def list_of(fields: Any, *path: str | int) -> list[Any]:
    """Return a list by its path, empty where there is none."""
    value = value_of(fields, *path)
    return value if isinstance(value, list) else []
