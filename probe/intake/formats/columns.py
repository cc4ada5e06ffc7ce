"""Tables: CSV and JSON Lines. Columns are found by a map, or by widely used names.

CSV has a header (RFC 4180) and is read by the csv module. The separator is a comma, a semicolon or a tab.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain, dropwhile
from types import MappingProxyType
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Stage
from probe.input_error import InputError
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.reading import json_documents
from probe.intake.reading.json_fields import in_brackets, text, word
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import code_of, enhanced_of, reply_codes

MAX_ROW: Final = 1_000_000
"""The most characters of a row; a longer row is a sign of a quotation mark that is not closed."""

NAMES: Final = MappingProxyType({
    "recipient": ("recipient", "email", "to", "rcpt", "rcpt to", "address", "email address", "recipient address"),
    "kind": ("kind", "event", "event type", "outcome", "result", "status", "state", "type"),
    "at": ("at", "timestamp", "time", "date", "datetime", "event time", "occurred at", "created at"),
    "message_id": ("message id", "msg id", "smtp id"),
    "return_path": ("return path", "envelope sender", "envelope from", "mail from"),
    "campaign": ("campaign", "campaign id", "campaign name", "job", "job id", "tag", "category"),
    "local_address": ("local address", "local ip", "source ip", "sending ip"),
    "mx": ("mx", "mx host", "remote mta", "remote host", "remote ip", "destination ip"),
    "stage": ("stage",),
    "code": ("code", "smtp code", "reply code", "error code", "status code"),
    "enhanced": ("enhanced", "enhanced code", "enhanced status", "dsn", "dsn status", "dsn code"),
    "text": ("text", "smtp response", "response", "reply", "diagnostic", "diagnostic code", "reason", "message",
             "description", "error"),
    "label": ("label", "bounce type", "bounce class", "bounce category", "classification"),
})  # fmt: skip
"""Names of columns by field of Event; the first name that a table has is used. Case and punctuation are ignored."""

KINDS: Final = MappingProxyType({
    EventKind.DELIVERED: ("delivered", "delivery", "sent", "success", "successful", "ok"),
    EventKind.DEFERRED: ("deferred", "deferral", "delayed", "delay", "soft", "soft bounce", "soft bounced", "temporary",
                    "temporary failure", "transient", "tempfail"),
    EventKind.REFUSED: ("refused", "bounce", "bounced", "hard", "hard bounce", "hard bounced", "failed", "failure",
                   "permanent", "permanent failure", "rejected", "reject", "blocked", "undelivered", "undeliverable",
                   "expired"),
    EventKind.BOUNCED_LATER: ("bounced later", "out of band", "asynchronous bounce", "async bounce", "delayed bounce"),
    EventKind.SUPPRESSED: ("suppressed", "dropped", "drop", "skipped"),
    EventKind.COMPLAINT: ("complaint", "complained", "spam", "spam complaint", "spam report", "abuse"),
    EventKind.FEEDBACK: ("feedback", "not spam", "opt out", "auth failure"),
    EventKind.AUTO_REPLY: ("auto reply", "auto responder", "out of office"),
    EventKind.OPENED: ("opened", "open"),
    EventKind.CLICKED: ("clicked", "click"),
})  # fmt: skip
"""Words for the kinds of events; case and punctuation are ignored."""


@lru_cache(maxsize=1024)
def _bare(name: str) -> str:
    return re.sub(r"[\W_]+", "", name).lower()


_FIELDS: Final = {field: tuple(map(_bare, names)) for field, names in NAMES.items()}
_KINDS: Final = {_bare(name): kind for kind, names in KINDS.items() for name in names}
_KNOWN_KINDS: Final = ", ".join(name for names in KINDS.values() for name in names)


class _Row(NamedTuple):
    number: int
    cells: list[str]


def read_csv(lines: Iterable[LogLine], columns: Mapping[str, str] | None = None) -> Iterator[Event | BadLine]:
    """Yield an event per row below the header, which is the first line that is not empty.

    ``columns`` maps fields of Event to names of columns as in the header. Fields without an entry are found by NAMES.
    Quoted fields may contain line breaks. Rows that are not CSV, hold a NUL or are longer than the header are BadLines.

    Raises:
        InputError: When reading starts: a field or column does not exist, or recipient or kind have no column.
    """
    rows = _rows(lines)
    first = next(rows, None)
    if first is None:
        return
    if isinstance(first, BadLine):
        raise InputError(f"line {first.number}", f"is not a header ({first.reason})", "begin with the names of columns")
    header = [name.strip("\ufeff \t") for name in first.cells]
    found = _found(header, columns or {}, f"line {first.number}")
    for row in rows:
        if isinstance(row, BadLine):
            yield row
        elif len(row.cells) > len(header):
            yield BadLine(row.number, f"a row of {len(row.cells)} fields under a header of {len(header)}")
        else:
            yield _event(row.number, dict(zip(header, row.cells, strict=False)), found)


def read_json_lines(lines: Iterable[LogLine], columns: Mapping[str, str] | None = None) -> Iterator[Event | BadLine]:
    """Yield an event per JSON object, with keys as columns (see ``read_csv``).

    Objects may have different keys; a missing key is an empty field. Arrays and objects over several lines are read
    too.

    Raises:
        InputError: When reading starts: ``columns`` names a field that does not exist.
    """
    named = dict(columns or {})
    _check_fields(named)
    keys: list[str] | None = None
    found: Mapping[str, str] = {}
    for document in json_documents.read(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        if keys != list(document.value):
            keys = list(document.value)
            found = _well_known(keys, named)
        yield _event(document.number, document.value, found)


class _Feed:
    """Passes lines to the csv module, which takes as many as a row has."""

    def __init__(self, lines: Iterable[LogLine]) -> None:
        self._lines = iter(lines)
        self.first = 0
        self._size = 0

    def begin(self) -> None:
        """Start a new row."""
        self.first = self._size = 0

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> str:
        line = next(self._lines)
        self.first = self.first or line.number
        self._size += len(line.text) + 1
        if self._size > MAX_ROW:
            raise csv.Error(f"a row of more than {MAX_ROW:,} characters")
        return f"{line.text}\n"


def _rows(lines: Iterable[LogLine]) -> Iterator[_Row | BadLine]:
    rest = dropwhile(lambda line: not line.text.strip(), lines)
    header = next(rest, None)
    if header is None:
        return
    feed = _Feed(chain((header,), rest))
    # Without strict, a quotation mark that is not closed would swallow the rest of the file without an error.
    reader = csv.reader(feed, strict=True, delimiter=max(",;\t", key=header.text.count))
    while True:
        feed.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadLine(feed.first, f"not CSV ({error})")
            continue
        if any("\0" in cell for cell in cells):
            yield BadLine(feed.first, "not CSV (it holds a NUL)")
        elif any(cells):
            yield _Row(feed.first, cells)


def _found(header: list[str], named: Mapping[str, str], place: str) -> Mapping[str, str]:
    """Return the column of each field; fields without a column are missing."""
    _check_fields(named)
    present = ", ".join(header)[:300]
    for column in named.values():
        if column not in header:
            raise InputError(place, f"has no column {column} (found: {present})", "correct the map of columns")
    found = _well_known(header, named)
    for field in ("recipient", "kind"):
        if field not in found:
            raise InputError(place, f"has no column that tells the {field} (found: {present})", "map one to it")
    return found


def _check_fields(named: Mapping[str, str]) -> None:
    for field in named:
        if field not in _FIELDS:
            raise InputError(f"columns: {field}", "is not a field of an event", f"use one of: {', '.join(_FIELDS)}")


def _well_known(header: Iterable[str], named: Mapping[str, str]) -> Mapping[str, str]:
    taken = set(named.values())
    free = {_bare(column): column for column in reversed(list(header)) if column not in taken}
    known = {
        field: free[name]
        for field, names in _FIELDS.items()
        if (name := next((name for name in names if name in free), None)) is not None
    }
    return {**known, **named}


def _event(number: int, row: Mapping[str, object], found: Mapping[str, str]) -> Event | BadLine:
    cells = {field: row.get(column) for field, column in found.items()}
    name = word(cells, "kind")
    kind = _KINDS.get(_bare(name))
    if kind is None:
        return BadLine(number, f"{name[:60]!r} is not a kind of event; known are: {_KNOWN_KINDS}")
    recipient = word(cells, "recipient")
    if not recipient:
        return BadLine(number, f"{kind} without a recipient")
    at = moment(cells.get("at"))
    if at is None and word(cells, "at"):
        return BadLine(number, f"{word(cells, 'at')[:60]!r} is not a time")
    reply = text(cells, "text")
    told = reply_codes(reply)
    stage = _bare(word(cells, "stage"))
    return Event(
        kind,
        recipient,
        at,
        message_id=in_brackets(word(cells, "message_id")),
        return_path=word(cells, "return_path"),
        campaign=word(cells, "campaign"),
        local_address=word(cells, "local_address"),
        mx=word(cells, "mx"),
        stage=next((each.value for each in Stage if _bare(each) == stage), None),
        code=code_of(word(cells, "code")) or told.code,
        enhanced=enhanced_of(word(cells, "enhanced")) or told.enhanced,
        text=reply,
        label=word(cells, "label"),
    )
