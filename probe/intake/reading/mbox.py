"""Finds the messages in an mbox file, whatever program wrote it (RFC 4155; mboxo, mboxrd, mboxcl, mboxcl2).

In an mbox every message begins with a line such as ``From ann@acme.example Tue Mar  3 09:00:13 2026``. Not every
program quotes lines of the text that begin with "From ", so each such line is checked before it divides two messages.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final

_DAY: Final = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?[ \t]{1,3}"
_MONTH: Final = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[ \t]{1,3}"
_TIME: Final = rb"\d{1,2}:\d\d(?::\d\d)?"
_ZONE: Final = rb"(?:[ \t]{1,3}(?:[+-]\d{4}|[A-Za-z]{1,5})){0,2}"
_DATE: Final = (
    rb"(?:" + _DAY + _MONTH + rb"\d{1,2}[ \t]{1,3}" + _TIME + _ZONE + rb"[ \t]{1,3}\d{2,4}"
    rb"|(?:" + _DAY + rb")?\d{1,2}[ \t]{1,3}" + _MONTH + rb"\d{2,4}[ \t]{1,3}" + _TIME
    + rb"|\d{4}-\d\d-\d\d[T \t]\d\d:\d\d(?::\d\d)?(?:\.\d{1,6})?)"
)  # fmt: skip
"""As asctime writes it (also with a zone), as in a Date: field, or as in RFC 3339."""
_SENDER: Final = rb'(?:"[^"\r\n]{0,200}"\S{0,300}|\S{1,400}(?: at \S{1,300})?)'
_DATED: Final = re.compile(
    rb"From (?:" + _SENDER + rb")?[ \t]{0,4}(?<=[ \t])" + _DATE
    + _ZONE + rb"Z?(?: \([A-Za-z ]{1,40}\))?(?: remote from \S{1,300})?\s*\Z"
)  # fmt: skip
_FIELD: Final = re.compile(rb"[A-Za-z][A-Za-z0-9_.-]{1,90}[ \t]{0,9}:|>{0,9}From ")
_NUMBER: Final = re.compile(rb"\d{1,9}[ \t]{0,40}\r?\n")
_QUOTED: Final = re.compile(rb"^>(>{0,20}From )", re.MULTILINE)
_FROM_LINES: Final = re.compile(rb"(?:>?From [^\n]*(?:\n|\Z))+")
_HEADER_END: Final = re.compile(rb"\r?\n\r?\n")
_BOUNDARY: Final = re.compile(rb"\bboundary[ \t]{0,9}=[ \t]{0,9}\"?([^\"\s;]{1,70})", re.IGNORECASE)
_LENGTH: Final = re.compile(rb"^Content-Length[ \t]{0,9}:[ \t]{0,9}(\d{1,9})\s*$", re.IGNORECASE | re.MULTILINE)
_BLANK: Final = len(b"\r\n")
_AHEAD: Final = 4
"""Pieces in which the end of a message is looked for."""


def is_field(line: bytes) -> bool:
    """Whether a line may be the first of a mail: a header field, or the line that begins a message in an mbox."""
    return _FIELD.match(line) is not None


def messages(lines: Iterable[bytes], at_most: int) -> Iterator[bytes]:
    """Yield the messages that lines hold, each up to ``at_most`` octets: those of an mbox, or a single mail.

    A file is an mbox if its first line begins with "From ". Without that or a header field it holds no message. Apple
    Mail writes the number of octets above a single mail, and its own data below (``.emlx``).
    """
    rest = iter(lines)
    first = next((line for line in rest if line.strip()), b"")
    if first.startswith(b"From "):
        yield from map(_bare, _whole(_pieces(first, rest, at_most)))
        return
    if _NUMBER.fullmatch(first):
        first, at_most = next(rest, b""), min(at_most, int(first))
    if is_field(first):
        yield _bare(b"".join(_up_to(at_most, first, rest)), is_quoted=False)


def _pieces(first: bytes, lines: Iterator[bytes], at_most: int) -> Iterator[bytes]:
    """Yield the text from each line that begins a message up to the next."""
    is_dated = _DATED.match(first) is not None
    held, size, before, line = [first], len(first), first, next(lines, b"")
    while line:
        after = next(lines, b"")
        if line.startswith(b"From ") and _begins(before, line, after, is_dated=is_dated):
            yield b"".join(held)
            held, size = [], 0
        if size < at_most:
            held.append(line)
        size += len(line)
        before, line = line, after
    yield b"".join(held)


def _begins(before: bytes, line: bytes, after: bytes, *, is_dated: bool) -> bool:
    """Whether a line begins a message: it names a sender and a date, and a header field follows.

    If the first line of the file has no date that is known, the line before has to be blank instead.
    """
    return is_field(after) and (_DATED.match(line) is not None or not (is_dated or before.strip()))


def _whole(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Join what a line of the text divided: the pieces up to the one that ends the message."""
    ahead = deque(islice(pieces, 1 + _AHEAD))
    while ahead:
        message = ahead.popleft()
        for _ in range(_pieces_missing(message, ahead)):
            message += ahead.popleft()
        yield message
        ahead.extend(islice(pieces, 1 + _AHEAD - len(ahead)))


def _pieces_missing(message: bytes, ahead: Iterable[bytes]) -> int:
    """Return how many pieces belong to a message as well, by its Content-Length or the end of its last MIME part."""
    header, body = _header(message)
    length, boundary = _LENGTH.search(header), _BOUNDARY.search(header)
    end = b"\n--" + boundary[1] + b"--" if boundary else b""
    is_open = boundary is not None and end not in body
    size = len(body)
    for count, piece in enumerate(ahead, 1):
        size += len(piece)
        if length and 0 <= size - int(length[1]) <= _BLANK:
            return count
        # Another message of the same program may have the same boundary.
        if boundary and is_open and end in piece and boundary[1] not in _header(piece)[0]:
            return count
    return 0


def _header(message: bytes) -> tuple[bytes, bytes]:
    """Return the header of a message, and the rest."""
    end = _HEADER_END.search(message)
    return (message[: end.start()], message[end.end() :]) if end else (message, b"")


def _bare(message: bytes, *, is_quoted: bool = True) -> bytes:
    """Return a message without the "From " lines above its header, and with the lines of its text as they were."""
    above = _FROM_LINES.match(message)
    bare = message[above.end() :] if above else message
    return _QUOTED.sub(rb"\1", bare) if is_quoted else bare


def _up_to(at_most: int, first: bytes, lines: Iterable[bytes]) -> Iterator[bytes]:
    yield first
    size = len(first)
    for line in lines:
        size += len(line)
        if size > at_most:
            return
        yield line
