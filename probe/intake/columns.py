"""Plain CSV and JSON Lines: any table of one row an event, by a map of its columns."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from probe.input_error import InputError
from probe.intake.documents import documents, text_of
from probe.intake.event import BadLine, Event, Kind, Line
from probe.intake.lines import bounded, bracketed, read_any_moment, read_reply, words_of

_KNOWN_AS: Final[dict[str, tuple[str, ...]]] = {
    "recipient": ("recipient", "email", "rcpt", "to", "address", "emailaddress", "email_address"),
    "kind": ("kind", "event", "status", "type", "result", "outcome", "eventtype"),
    "at": ("at", "timestamp", "time", "date", "datetime", "event_time", "bounced_at", "created_at"),
    "message_id": ("message_id", "message-id", "messageid", "msgid"),
    "return_path": ("return_path", "return-path", "sender", "from", "mail_from"),
    "campaign": ("campaign", "campaign_id", "tag", "job", "jobid"),
    "local_address": ("local_address", "source_ip", "sending_ip", "ip"),
    "mx": ("mx", "mx_host", "relay", "remote_host", "host"),
    "stage": ("stage",),
    "code": ("code", "smtp_code", "reply_code", "error_code"),
    "enhanced": ("enhanced", "dsn", "enhanced_status", "status_code"),
    "text": ("text", "reason", "response", "diagnostic", "diagnosticcode", "description", "smtp_response", "message"),
    "label": ("label", "class", "category", "bounce_class", "classification"),
}
"""What others call each of our columns, for files that come without a map."""
_WORDS: Final = {
    Kind.DELIVERED: ("delivered", "delivery", "sent", "success", "ok", "accepted"),
    Kind.DEFERRED: (
        "deferred", "deferral", "soft bounce", "softbounce", "soft", "delay", "delayed", "transient", "temporary",
    ),
    Kind.REFUSED: (
        "refused", "bounce", "bounced", "hard bounce", "hardbounce", "hard", "failed", "failure", "permanent",
        "rejected", "blocked", "expired",
    ),
    Kind.BOUNCED_LATER: ("bounced later", "out of band", "oob", "async bounce"),
    Kind.SUPPRESSED: ("suppressed", "dropped"),
    Kind.COMPLAINT: ("complaint", "complained", "spam complaint", "spamreport", "feedback", "spam"),
    Kind.AUTO_REPLY: ("auto reply", "autoreply", "auto responder", "out of office"),
    Kind.OPENED: ("opened", "open"),
    Kind.CLICKED: ("clicked", "click"),
}  # fmt: skip
_KIND_OF: Final = {word: kind for kind, words in _WORDS.items() for word in words}
_NEEDED: Final = ("recipient", "kind")
_SEPARATORS: Final = re.compile(r"[\s_-]+")
_STAGES: Final = {"connect", "ehlo", "mail", "rcpt", "data", "end-of-data"}


def read_csv(lines: Iterable[Line], columns: Mapping[str, str] | None = None) -> Iterator[Event | BadLine]:
    """Yield an event for every row below a line of headings.

    ``columns`` maps our columns to the file's; what it leaves out is found by the usual names. Raises InputError where
    the file has no column for recipient or kind, or none of a name in the map.
    """
    last = Line(0, "")
    bad: list[BadLine] = []

    def texts() -> Iterator[str]:
        nonlocal last
        for line in bounded(lines):
            if isinstance(line, BadLine):
                bad.append(line)
                continue
            last = line
            yield f"{line.text.replace(chr(0), '')}\n"

    rows = csv.reader(texts())
    names: dict[str, str] | None = None
    heads: list[str] = []
    while True:
        try:
            cells = next(rows, None)
        except csv.Error as error:
            yield BadLine(last.number, f"is no CSV ({error})")
            continue
        yield from bad
        bad.clear()
        if cells is None:
            return
        if names is None:
            heads = [cell.strip().lstrip("\ufeff") for cell in cells]
            names = _mapped(heads, columns or {})
        elif any(cells):
            yield _event(last.number, dict(zip(heads, cells, strict=False)), names)


def read_json_lines(lines: Iterable[Line], columns: Mapping[str, str] | None = None) -> Iterator[Event | BadLine]:
    """Yield an event for every object; ``columns`` as for CSV. One without recipient or kind is a bad line.

    Raises InputError for a map that names none of our columns.
    """
    wanted = columns or {}
    _check(wanted)
    for document in documents(lines):
        if isinstance(document, BadLine):
            yield document
            continue
        names = _guessed(document.fields, wanted)
        missing = [needed for needed in _NEEDED if needed not in names]
        if missing:
            yield BadLine(document.number, f"has no column that is known to be the {missing[0]}")
        else:
            yield _event(document.number, document.fields, names)


def _check(columns: Mapping[str, str]) -> None:
    for ours, theirs in columns.items():
        if ours not in _KNOWN_AS:
            problem = f"{ours} is none of our columns"
            raise InputError(f"--columns {ours}={theirs}", problem, f"use some of: {', '.join(_KNOWN_AS)}")


def _mapped(heads: list[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the file's name for each of our columns; raises InputError."""
    _check(columns)
    shown = ", ".join(heads)[:200]
    for ours, theirs in columns.items():
        if theirs not in heads:
            problem = f"the file has no column {theirs} (found: {shown})"
            raise InputError(f"--columns {ours}={theirs}", problem, "correct the name")
    found = _guessed(heads, columns)
    for needed in _NEEDED:
        if needed not in found:
            problem = f"no column is known to be the {needed} (found: {shown})"
            raise InputError("--columns", problem, f"name it with --columns {needed}=NAME")
    return found


def _guessed(heads: Iterable[str], columns: Mapping[str, str]) -> dict[str, str]:
    """Return the columns that are mapped, and those whose names are the usual ones."""
    given = set(columns.values())
    by_name = {head.lower(): head for head in heads if head not in given}
    found = {
        ours: by_name[name] for ours, known_as in _KNOWN_AS.items() for name in reversed(known_as) if name in by_name
    }
    return {**found, **columns}


def _event(number: int, row: Mapping[str, Any], names: Mapping[str, str]) -> Event | BadLine:
    def cell(ours: str) -> str:
        return text_of(row, names[ours]).strip() if ours in names else ""

    word = _SEPARATORS.sub(" ", cell("kind").lower()).strip()
    kind = _KIND_OF.get(word)
    if kind is None:
        return BadLine(number, f"has the kind {word[:30]!r}; known are {', '.join(kind.value for kind in Kind)}")
    recipient = cell("recipient").strip("<>")
    if not recipient:
        return BadLine(number, "has no recipient")
    said = cell("text")
    code, enhanced = read_reply(said)
    stated = cell("code")
    stage = cell("stage").lower()
    return Event(
        kind,
        recipient,
        read_any_moment(cell("at") or None),
        bracketed(cell("message_id")),
        cell("return_path").strip("<>"),
        cell("campaign"),
        cell("local_address"),
        cell("mx"),
        stage if stage in _STAGES else None,
        int(stated) if re.fullmatch(r"[245]\d\d", stated) else code,
        cell("enhanced") or enhanced,
        words_of(said),
        cell("label"),
    )
