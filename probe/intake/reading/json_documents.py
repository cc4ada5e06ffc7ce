"""Reads JSON objects from lines: JSON Lines, arrays, documents over several lines, any sequence of these, and logs."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from probe.intake.event import BadLine, LogLine
from probe.intake.reading.json_fields import Json
from probe.intake.reading.nested_json import Unread, inside
from probe.intake.reading.printed_objects import is_printed

MAX_DOCUMENT: Final = 10_000_000
"""The most characters of an object; a webhook's batch is far smaller."""
MAX_DEPTH: Final = 100
"""The most nested brackets; providers send fewer than ten. For objects on one line, json's own limit applies."""

_BETWEEN: Final = re.compile(r"[\s\ufeff\[\],]*+")
"""The text between objects. Brackets of arrays are skipped, so an array is read as its elements, at any depth."""
_ELEMENT: Final = re.compile(r'(?:null|true|false|-?[0-9][0-9.eE+-]*+|"(?:[^"\\]++|\\.)*+")(?=\s*(?:[,\]]|$))')
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"|["\[\]{},:]|[^\s"\[\]{},:]++')
_DECODER: Final = json.JSONDecoder()


class Document(NamedTuple):
    """An object and the number of its first line."""

    number: int
    value: Json


def read(lines: Iterable[LogLine]) -> Iterator[Document | BadLine]:
    """Yield every object with its line number; the elements of arrays one by one; also those that a line of text holds.

    Text that is not an object is a BadLine, once per line. An object that is cut off, not JSON, too large or too deep
    is a BadLine too; reading then continues at the next line that starts a document. The time is proportional to the
    text; the memory is that of one object.
    """
    reader = _Reader()
    for line in lines:
        yield from reader.line(line)
    yield from reader.end()


class _Reader:
    """The state of reading: between objects, within an object, or after a broken object."""

    def __init__(self) -> None:
        self._object: _OpenObject | None = None
        self._lost_at: int | None = None
        self._reported = 0

    def line(self, line: LogLine) -> Iterator[Document | BadLine]:
        start = line.text.lstrip("\ufeff \t")
        indent = len(line.text) - len(start)
        if self._lost_at is not None:
            # Elements of the broken document have a larger indent than the document.
            if indent > self._lost_at or not start.startswith(("{", "[")):
                return
            self._lost_at = None
        if self._object is not None and start and not self._object.may_go_on_with(start[0]):
            yield BadLine(self._object.number, "a JSON object that is cut off")
            self._object = None
        place = 0
        while place < len(line.text):
            if self._object is None:
                several, place = self._between(line, place, indent)
                yield from several
            else:
                one, place = self._within(self._object, line.text, place)
                yield from () if one is None else (one,)

    def _between(self, line: LogLine, place: int, indent: int) -> tuple[list[Document | BadLine], int]:
        """Read to the end of the next object, or to the start of one that does not end on this line."""
        between = _BETWEEN.match(line.text, place)
        place = between.end() if between else place
        if place == len(line.text):
            return [], place
        if line.text[place] == "{":
            whole = _whole(line.text, place)
            if whole is not None:
                return [Document(line.number, whole[0])], whole[1]
            if is_printed(line.text[place:]) and (printed := _found(line.number, line.text[place:])):
                return printed, len(line.text)
            self._object = _OpenObject(line.number, indent)
            return [], place
        element = _ELEMENT.match(line.text, place)
        text = element[0] if element else line.text[place:]
        place += len(text)
        if found := _found(line.number, text):
            return found, place
        if not element and text.endswith("{"):  # the rest of an object is on the next lines
            return [], place - 1
        if self._reported == line.number:
            return [], place
        self._reported = line.number
        return [BadLine(line.number, "not a JSON object")], place

    def _within(self, part: _OpenObject, text: str, place: int) -> tuple[Document | BadLine | None, int]:
        """Read to the end of the object or of the line."""
        try:
            end = part.take(text, place)
            if end is None:
                return None, len(text)
            self._object = None
            return Document(part.number, part.value()), end
        except _BrokenError as error:
            # Skip the rest of the line: parsing it again and again could take quadratic time.
            self._object = None
            self._lost_at = part.indent
            return BadLine(part.number, str(error)), len(text)

    def end(self) -> Iterator[BadLine]:
        if self._object is not None:
            yield BadLine(self._object.number, "a JSON object that is cut off")


def _found(number: int, text: str) -> list[Document | BadLine]:
    """Return the objects in a line's text, and those in arrays, at any depth that json reads."""
    found: list[Document | BadLine] = []
    rest = deque(inside(text))
    while rest:
        value = rest.popleft()
        if isinstance(value, dict):
            found.append(Document(number, value))
        elif isinstance(value, Unread):
            found.append(BadLine(number, value.reason))
        elif isinstance(value, list):
            rest.extendleft(reversed(value))
    return found


class _BrokenError(Exception):
    """The text cannot be completed to a valid object."""


class _OpenObject:
    """An object that spans several lines, with its brackets that are still open."""

    def __init__(self, number: int, indent: int) -> None:
        self.number = number
        self.indent = indent
        self._pieces: list[str] = []
        self._size = 0
        self._open: list[str] = []
        self._last = ""

    def may_go_on_with(self, start: str) -> bool:
        """Whether a line that starts so may belong to the object; if not, it starts the next document."""
        if self._last == "{":
            return start in {'"', "}"}
        return start != "{" or self._last in {":", "["} or (self._last == "," and self._open[-1] == "[")

    def take(self, text: str, place: int) -> int | None:
        """Add a line from a position on; return the object's end in it, None if it does not end there."""
        for token in _TOKEN.finditer(text, place):
            self._last = token[0][0] if token[0] in {"[", "]", "{", "}", ",", ":"} else "a"
            if token[0] == '"':
                raise _BrokenError("a JSON text that does not end on its line")
            if self._last in {"{", "["}:
                self._open.append(self._last)
                if len(self._open) > MAX_DEPTH:
                    raise _BrokenError(f"a JSON object more than {MAX_DEPTH} deep")
            elif self._last in {"}", "]"}:
                if self._open.pop() + self._last not in {"{}", "[]"}:
                    raise _BrokenError("a JSON object whose brackets do not match")
                if not self._open:
                    self._keep(text[place : token.end()])
                    return token.end()
        self._keep(text[place:])
        return None

    def _keep(self, piece: str) -> None:
        # Count the line feed, so that empty lines have a size too.
        self._size += len(piece) + 1
        if self._size > MAX_DOCUMENT:
            raise _BrokenError(f"a JSON object of more than {MAX_DOCUMENT:,} characters")
        self._pieces.append(piece)

    def value(self) -> Json:
        """Parse the collected text."""
        try:
            value = _DECODER.decode("\n".join(self._pieces))
        except (json.JSONDecodeError, RecursionError) as error:
            raise _BrokenError(f"not JSON ({str(error)[:100]})") from None
        except ValueError:  # Python reads no number of so many digits
            raise _BrokenError("a number that is too long") from None
        return value if isinstance(value, dict) else {}


def _whole(text: str, place: int) -> tuple[Json, int] | None:
    """Parse an object that ends on its line, the usual case; None if it does not end there or is broken."""
    try:
        value, end = _DECODER.raw_decode(text, place)
    except (ValueError, RecursionError):
        return None
    # An object beyond the limits is left to _OpenObject, which reports it.
    return (value, end) if isinstance(value, dict) and end - place < MAX_DOCUMENT else None
