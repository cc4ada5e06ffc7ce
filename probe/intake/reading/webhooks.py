"""Reads what mail providers send and export: events in any envelope, and lists of bounces as JSON or tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final, NamedTuple

from probe.intake.event import BadLine, Event, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading import json_documents, tables
from probe.intake.reading.json_fields import Json
from probe.intake.reading.line_dress import undressed
from probe.intake.reading.nested_json import Unread, from_base64, inside
from probe.intake.reading.shapes import Shape

_DEPTH: Final = 20
"""How deep within envelopes events are looked for; Amazon's SQS, SNS and Lambda together need six."""


class NoEventError(Exception):
    """An object is of a provider's shape but holds no event; the message is the reason of a BadLine."""


class Provider(NamedTuple):
    """A mail provider: its name, the shapes of its objects, and the keys of envelopes that may be empty."""

    name: str
    shapes: Sequence[Shape]
    envelopes: frozenset[str] = frozenset()

    def read(self, lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
        """Yield the events of every object that is of a shape, however deep within envelopes.

        An object that holds none is a BadLine, and so is an event without a recipient.
        """
        for document in _documents(lines):
            if isinstance(document, BadLine):
                yield document
                continue
            number, value, is_row = document
            for found in self._within(value, is_row=is_row) or [_Unknown(f"no event of {self.name}")]:
                if isinstance(found, _Unknown):
                    yield BadLine(number, found.reason)
                    continue
                try:
                    for event in found.shape.events(found.document, hints.dates):
                        yield event if event.recipient else BadLine(number, f"{event.kind} without a recipient")
                except NoEventError as error:
                    yield BadLine(number, str(error))

    def _within(self, value: object, depth: int = 0, *, is_row: bool = False) -> list[_Found | _Unknown]:
        """Return the objects of known shapes within a value, or the reasons why none of them is one.

        In a list that has some, its other elements are told too; the parts of an envelope beside them are not.
        """
        if depth > _DEPTH:
            return []
        if isinstance(value, Unread):
            return [_Unknown(value.reason, is_unread=True)]
        if isinstance(value, str):
            return self._all_within(inside(value), depth)
        if isinstance(value, list):
            below = self._all_within(value, depth)
            is_batch = any(isinstance(each, _Found) for each in below)
            return [each._replace(is_element=is_batch) if isinstance(each, _Unknown) else each for each in below]
        if not isinstance(value, dict):
            return []
        if (found := self._known(value, is_row=is_row)) is not None:
            return [found if found.shape.knows(found.document) else self._unknown(found.shape, found.document)]
        below = self._all_within(_decoded(value).values(), depth)
        if some := [each for each in below if isinstance(each, _Found) or each.is_element or each.is_unread]:
            return some
        if any(key in value and value[key] in _EMPTY for key in self.envelopes):
            return [_Found(_NOTHING, value)]
        shape = next((shape for shape in self.shapes if not shape.has and any(shape.kinds.values())), None)
        if is_row or shape is None or not shape.name_in(value):
            return below
        return [self._unknown(shape, value)]

    def _all_within(self, values: Iterable[object], depth: int) -> list[_Found | _Unknown]:
        return [found for each in values for found in self._within(each, depth + 1)]

    def _known(self, value: Json, *, is_row: bool) -> _Found | None:
        for shape in self.shapes:
            if not shape.has:
                if not is_row and shape.takes(value):
                    return _Found(shape, value)
            elif len(value) <= _COLUMNS and shape.takes(spelt := shape.spelt(value)):
                return _Found(shape, spelt)
        return None

    def _unknown(self, shape: Shape, value: Json) -> _Unknown:
        alike = (each for each in self.shapes if each.name == shape.name and each.has == shape.has)
        known = ", ".join(name for each in alike for name, kind in each.kinds.items() if kind is not None)
        name = shape.name_in(value)[:60]
        return _Unknown(f"{name!r} is not an event of {self.name}; its events are: {known}", is_element=bool(shape.has))


_START: Final = 50
"""The lines at the start of a file that tell what it is."""
_COLUMNS: Final = 100
"""The most keys of a list's row; no provider exports so many."""
_EMPTY: Final[tuple[object, ...]] = (None, {}, [], 0)
_NOTHING: Final = Shape(kinds={"": None})
"""An empty envelope."""


class _Found(NamedTuple):
    shape: Shape
    document: Json


class _Unknown(NamedTuple):
    reason: str
    is_element: bool = False
    """Whether it is beside objects of known shapes in a list."""
    is_unread: bool = False
    """Whether it may have held events."""


def _decoded(envelope: Json) -> Json:
    """Return an envelope of Lambda or API Gateway with its body as a text, where it says that this is in base64."""
    body = envelope.get("body")
    is_encoded = str(envelope.get("isBase64Encoded")).lower() == "true"
    return {**envelope, "body": from_base64(body)} if is_encoded and isinstance(body, str) else envelope


def _documents(lines: Iterable[LogLine]) -> Iterator[tuple[int, Json, bool] | BadLine]:
    """Yield every object, or row of a table, with the number of its first line, and whether it is a row."""
    rest = iter(lines)
    start = list(islice(rest, _START))
    every = chain(start, rest)
    first = next((line for line in start if line.text.strip("\ufeff \t")), None)
    if first is not None and tables.is_header(first.text):
        for row in tables.records(every):
            if isinstance(row, BadLine):
                yield row
            else:
                cells: Json = {**row[1]}
                yield row[0], cells, True
        return
    for document in json_documents.read(_bare(every) if _is_dressed(start) else every):
        yield document if isinstance(document, BadLine) else (document.number, document.value, False)


def _is_dressed(start: list[LogLine]) -> bool:
    """Whether objects over several lines have a container's dress on each; whole ones are found in any dress."""
    begins = {"{", "[", "[{"}
    bare = ((line.number, line.text.strip()) for line in _bare(start))
    raw = {line.number: line.text.strip() for line in start}
    return any(text in begins and raw[number] not in begins and raw[number].endswith(text) for number, text in bare)


def _bare(lines: Iterable[LogLine]) -> Iterator[LogLine]:
    for line in undressed(lines, longest=json_documents.MAX_DOCUMENT):
        if not isinstance(line, BadLine):
            yield LogLine(line.number, line.text)
