"""Message templates: read once, with merge fields filled in for each recipient (RFC 5322)."""

from __future__ import annotations

import re
from binascii import b2a_qp
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from functools import lru_cache
from math import floor
from pathlib import Path
from typing import Final

from fake_gateways.untrusted.bounded_read import read_bounded
from probe.input_error import InputError

MAX_OCTETS: Final = 50 * 1024 * 1024
_FIELD: Final = re.compile(rb"\{\{\s*([A-Za-z][A-Za-z0-9_]*)\s*\}\}")
_ENCODING: Final = re.compile(rb"^content-transfer-encoding:[ \t]*([a-z0-9-]+)", re.IGNORECASE | re.MULTILINE)
_LINE_END: Final = re.compile(rb"\r\n|\r|\n")
_SET_BY_US: Final = re.compile(
    rb"^(?:message-id|date|to|return-path|bcc):[^\r]*(?:\r\n[ \t][^\r]*)*\r\n", re.IGNORECASE | re.MULTILINE
)


class Template:
    """A message with merge fields and CRLF line ends. The sender adds To, Date and Message-ID.

    ``pieces`` are alternately text and the name of a merge field; ``fields`` are those names.
    """

    def __init__(self, octets: bytes, place: str) -> None:
        """Raise InputError for a message that has no header or From:, or has too long a line."""
        octets = _LINE_END.sub(b"\r\n", octets).removesuffix(b"\r\n") + b"\r\n"
        header, blank, body = octets.partition(b"\r\n\r\n")
        if not blank or not re.match(rb"[!-9;-~]+:", header):
            raise InputError(place, "has no message header", "begin with lines such as Subject:, then an empty line")
        header = _SET_BY_US.sub(b"", header + b"\r\n")
        if not re.search(rb"^from:", header, re.IGNORECASE | re.MULTILINE):
            raise InputError(place, "has no From: header", "add one")
        longest = max(map(len, (header + b"\r\n" + body).split(b"\r\n")))
        if longest > 998:
            raise InputError(place, f"has a line of {longest:,} octets; 998 is the limit", "wrap or encode the line")
        whole = header + b"\r\n" + body
        self.pieces = _FIELD.split(whole)
        names = [name.decode() for name in self.pieces[1::2]]
        written = list(zip(names, _writers(whole, len(header)), strict=True))
        # A field that occurs several times in one encoding is written once.
        self._values = list(dict.fromkeys(written))
        places = {value: place for place, value in enumerate(self._values)}
        self._order = [places[each] for each in written]
        self.fields = frozenset(names)
        self.size = len(header) + len(body)

    def render(self, fields: Mapping[str, str], *, to: str, message_id: str, at: float) -> bytes:
        """Return the message for one recipient. An unknown field is empty. ``at`` is in seconds since the epoch."""
        hour, seconds = divmod(floor(round(at, 6)), 3600)
        date = f"{_hour(hour)}:{seconds // 60:02}:{seconds % 60:02} +0000"
        head = f"To: {to}\r\nDate: {date}\r\nMessage-ID: {message_id}\r\n".encode()
        # A line break in a merge field could add a header field.
        values = [write(" ".join(fields.get(name, "").split())) for name, write in self._values]
        filled = [head, *self.pieces]
        filled[2::2] = [values[index] for index in self._order]
        return b"".join(filled)


@lru_cache
def _hour(number: int) -> str:
    """Return the text of a Date field up to the hour, of those since the epoch."""
    return format_datetime(datetime.fromtimestamp(3600 * number, UTC)).removesuffix(":00:00 +0000")


def _writers(message: bytes, header_octets: int) -> Iterator[Callable[[str], bytes]]:
    """Yield for each merge field how its value is encoded: for a header, quoted-printable, or plain text."""
    encodings = list(_ENCODING.finditer(message))
    starts = [found.start() for found in encodings]
    for field in _FIELD.finditer(message):
        before = bisect_left(starts, field.start())
        if field.start() < header_octets:
            yield _in_header
        elif before and encodings[before - 1][1].lower() == b"quoted-printable":
            yield _in_quoted_printable
        else:
            yield str.encode


def _in_header(value: str) -> bytes:
    """Encode a value for a header, as an encoded word unless it is ASCII (RFC 2047)."""
    return (value if value.isascii() else Header(value, "utf-8", maxlinelen=998).encode()).encode()


def _in_quoted_printable(value: str) -> bytes:
    """Encode a value for a quoted-printable body (RFC 2045 section 6.7)."""
    return b2a_qp(value.encode()).replace(b"=\n", b"=\r\n")


def read(path: Path, place: str) -> Template:
    """Read a message file; raises InputError. ``place`` is where the scenario names it."""
    try:
        octets = read_bounded(path, MAX_OCTETS)
    except OSError as error:
        raise InputError(place, f"{path} cannot be read ({error.strerror})", "check the file name") from None
    return Template(octets, f"{place}: {path.name}")
