"""Tables: CSV and JSON Lines. Columns are found by a map, or by widely used names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import chain
from types import MappingProxyType
from typing import Final

from fake_gateways.smtp.envelope import Stage
from probe.input_error import InputError
from probe.intake.event import BadLine, Event, EventKind, LogLine
from probe.intake.hints import NO_HINTS, Hints
from probe.intake.reading import json_documents, tables
from probe.intake.reading.addresses import addresses
from probe.intake.reading.dates import is_ambiguous
from probe.intake.reading.json_fields import at_path, in_brackets, text, word, words
from probe.intake.reading.moment import moment
from probe.intake.reading.reply_text import code_of, enhanced_of, reply_codes

NAMES: Final = MappingProxyType({
    "recipient": ("recipient", "email", "to", "rcpt", "rcpt to", "address", "email address", "recipient address",
                  "recipient email", "to address"),
    "kind": ("kind", "event", "event type", "outcome", "result", "status", "state", "type"),
    "at": ("at", "timestamp", "time", "date", "datetime", "event time", "occurred at", "created at",
           "created", "sent at", "received", "bounced at"),
    "message_id": ("message id", "msg id", "smtp id"),
    "return_path": ("return path", "envelope sender", "envelope from", "mail from"),
    "campaign": ("campaign", "campaign id", "campaign name", "job", "job id", "tag", "category"),
    "local_address": ("local address", "local ip", "source ip", "sending ip"),
    "mx": ("mx", "mx host", "remote mta", "remote host", "remote ip", "destination ip"),
    "stage": ("stage",),
    "code": ("code", "smtp code", "reply code", "error code", "status code"),
    "enhanced": ("enhanced", "enhanced code", "enhanced status", "dsn", "dsn status", "dsn code"),
    "text": ("text", "smtp response", "response", "reply", "diagnostic", "diagnostic code", "reason", "message",
             "description", "error", "error message", "bounce reason", "details", "diag"),
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
KNOWN_KINDS: Final = ", ".join(name for names in KINDS.values() for name in names)


def kind_of(name: str) -> EventKind | None:
    """Return the kind of event that a word means, None if it is not known."""
    return _KINDS.get(_bare(name))


def read_csv(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event per row below the header, which is the first line that is not empty.

    ``hints.columns`` maps fields of Event to names of columns as in the header. Fields without an entry are found by
    NAMES. ``hints.kind`` is the kind of all rows. Rows that are not CSV, hold a NUL or are longer than the header are
    BadLines.

    Raises:
        InputError: When reading starts: a field or column does not exist, or recipient or kind have no column.
    """
    rows = tables.rows(lines)
    first = next(rows, None)
    if first is None:
        return
    if isinstance(first, BadLine):
        raise InputError(f"line {first.number}", f"is not a header ({first.reason})", "begin with the names of columns")
    header = tables.named(first)
    if len(header) == 1 and "recipient" not in hints.columns and addresses(header[0]) == [header[0].strip("<> ")]:
        # A list of addresses alone, without a header.
        header, rows = ["recipient"], chain((first,), rows)
    found = _found(header, hints, f"line {first.number}")
    for row in rows:
        record = row if isinstance(row, BadLine) else tables.under(header, row)
        yield record if isinstance(record, BadLine) else _event(*record, found, hints)


def read_json_lines(lines: Iterable[LogLine], hints: Hints = NO_HINTS) -> Iterator[Event | BadLine]:
    """Yield an event per JSON object, with keys as columns (see ``read_csv``).

    Objects may have different keys; a missing key is an empty field. A column may be a path such as ``msg.email``.
    Arrays and objects over several lines are read too.

    Raises:
        InputError: When reading starts: ``columns`` names a field that does not exist.
    """
    _check_fields(hints.columns)
    keys: list[str] | None = None
    found: Mapping[str, str] = {}
    for document in json_documents.read(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        if keys != list(document.value):
            keys = list(document.value)
            found = _well_known(keys, hints.columns)
        yield _event(document.number, document.value, found, hints)


def _found(header: list[str], hints: Hints, place: str) -> Mapping[str, str]:
    """Return the column of each field; fields without a column are missing."""
    named = hints.columns
    _check_fields(named)
    present = ", ".join(header)[:300]
    for column in named.values():
        if column not in header:
            raise InputError(place, f"has no column {column} (found: {present})", "correct the map of columns")
    found = _well_known(header, named)
    if "recipient" not in found:
        remedy = "map one to it: --columns recipient=NAME"
        raise InputError(place, f"has no column that tells the recipient (found: {present})", remedy)
    if "kind" not in found and hints.kind is None:
        remedy = "map one to it, --columns kind=NAME, or say what all rows are, such as --kind bounce"
        raise InputError(place, f"has no column that tells the kind (found: {present})", remedy)
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


def _event(number: int, row: Mapping[str, object], found: Mapping[str, str], hints: Hints) -> Event | BadLine:
    cells = {field: at_path(row, column) for field, column in found.items()}
    name = word(cells, "kind")
    kind = hints.kind or kind_of(name)
    if kind is None:
        return BadLine(number, f"{name[:60]!r} is not a kind of event; known are: {KNOWN_KINDS}")
    recipient = ", ".join(words(cells, "recipient"))
    if not recipient:
        where = f" at {hints.columns['recipient'][:60]!r}" if "recipient" in hints.columns else ""
        return BadLine(number, f"{kind} without a recipient{where}")
    at = moment(cells.get("at"), hints.dates)
    if at is None and (written := word(cells, "at")):
        which = "may be day/month or month/day; say --dates dmy or --dates mdy" if is_ambiguous(written) else ""
        return BadLine(number, f"{written[:60]!r} {which or 'is not a time'}")
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
