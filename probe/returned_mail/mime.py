"""Parses untrusted mail: header, decoded texts, and the header of the original message (RFC 2045, RFC 2046).

The parser is Python's own, with limits against hostile input. Everything here takes time linear in the size of the
mail, and raises nothing.
"""

from __future__ import annotations

import codecs
import email
import email.header
import re
from collections.abc import Iterator
from email.errors import HeaderParseError
from email.message import Message
from email.policy import Compat32
from itertools import islice
from typing import Final, NamedTuple

MAX_OCTETS: Final = 1024 * 1024
"""Octets of a mail that are read, at most."""
MAX_PARTS: Final = 100
_MAX_FIELDS: Final = 1_000
MAX_LINE: Final = 2_000
"""Characters of a line, or of a field with parameters, that are read. RFC 5322 allows 998 in a line."""
_MAX_FIELD: Final = 64 * 1024
"""Characters of a header field without parameters that are read. Exim lists the recipients in one."""
_MAX_BOUNDARIES: Final = 10_000
"""Limit on lines of a multipart that may begin a part: Python makes an object of 2 kB of each part."""
_MAX_CHECKS: Final = 1_000_000
"""Limit on lines times multiparts: Python compares every line with the boundary of every multipart around it."""

_BROKEN: Final = (ValueError, LookupError, TypeError, AttributeError, RecursionError)
"""Exceptions that Python's parser raises for some broken mail."""
_FOR_MACHINES: Final = re.compile(
    rb"^(content-type[ \t]*:\s{0,9})message/(?=(?:global-)?delivery-status|feedback-report|disposition-not)",
    re.IGNORECASE | re.MULTILINE,
)
_BLANK_ABOVE: Final = re.compile(
    rb"\A(?:[ \t]{0,999}\r?\n){1,99}(?=From |(?:From|To|Return-Path|Received|Date|Subject|Delivered-To|Message-ID"
    rb"|X-[\w-]{1,40})[ \t]{0,9}:)",
    re.IGNORECASE,
)
_CHARSET: Final = re.compile(
    r"(?:us-)?ascii|utf-?8|iso-?8859-\d{1,2}|iso-?2022-(?:jp|kr)\S{0,6}|windows-\d{3,4}|cp\d{3,4}|koi8-[rut]"
    r"|shift_?jis|euc[-_]?(?:jp|kr)|gb2312|gbk|gb18030|big5(?:-?hkscs)?|latin-?1",
    re.IGNORECASE,
)
"""Character sets of mail. Python knows others; some take very long to decode (punycode)."""


class Part(NamedTuple):
    """A leaf of the MIME tree: its content type in lower case, and its text with LF line ends, cut at MAX_LINE."""

    type: str
    text: str


class ParsedMail(NamedTuple):
    """A parsed mail. ``parts`` are those of the mail itself, ``enclosed`` those of messages attached to it.

    ``header`` holds the first field of each name, decoded and on one line; names are in lower case. ``fields`` holds
    all of them. ``original`` is the header of the first attached message, as text.
    """

    type: str
    header: dict[str, str]
    parts: list[Part]
    enclosed: list[Part]
    original: str
    fields: list[tuple[str, str]]

    def values(self, name: str) -> list[str]:
        """Return the values of all fields of a name in lower case."""
        return [value for each, value in self.fields if each == name]


class _Capped(Compat32):
    """The policy that takes everything, cutting header fields: Python's parameter parsing is quadratic in them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, _cut(value, MAX_LINE if name.lower().startswith("content-") else _MAX_FIELD)


_POLICY: Final = _Capped()


def parse_mail(octets: bytes) -> ParsedMail:
    """Parse a mail. If it is not MIME, or too complex, it is treated as one text."""
    if len(octets) > MAX_OCTETS:
        octets = octets[:MAX_OCTETS].rpartition(b"\n")[0]
    try:
        return _opened(_message(octets))
    except _BROKEN:
        return _as_text(octets)


def first_text(octets: bytes) -> str:
    """Return the first text of a mail with lines of any length; empty if the mail is not MIME, or too complex."""
    try:
        leaves = _leaves(_message(octets[:MAX_OCTETS]), within=False)
        texts = (_decoded_payload(part) for part, _ in islice(leaves, MAX_PARTS))
        return next(filter(None, texts), "")
    except _BROKEN:
        return ""


def _message(octets: bytes) -> Message:
    """Parse a mail; raises an error of ``_BROKEN`` if it cannot be, or would take long."""
    multiparts = len(re.findall(rb"multipart/", octets, re.IGNORECASE))
    if multiparts * (octets.count(b"\n") + octets.count(b"\r")) > _MAX_CHECKS:
        raise ValueError("too many multiparts for its lines")
    if multiparts and octets.count(b"\n--") + octets.count(b"\r--") > _MAX_BOUNDARIES:
        raise ValueError("too many parts")
    # Blank lines above the header come of copying; Python would take them for the end of an empty header.
    octets = _BLANK_ABOVE.sub(b"", octets, count=1)
    # As message/* Python parses these parts itself; it would not decode them, and fail on wrong folding.
    return email.message_from_bytes(_FOR_MACHINES.sub(rb"\1text/", octets), policy=_POLICY)


def _opened(message: Message) -> ParsedMail:
    own: list[Part] = []
    enclosed: list[Part] = []
    original = ""
    for number, (part, is_enclosed) in enumerate(_leaves(message, within=False)):
        if number == MAX_PARTS:
            break
        if part.get_content_maintype() == "message" and part.is_multipart():
            within = part.get_payload(0)
            if isinstance(within, Message) and not original:
                original = "".join(f"{name}: {one_line(value)}\n" for name, value in _fields(within))
            continue
        leaf = Part(part.get_content_type(), _text(part))
        (enclosed if is_enclosed else own).append(leaf)
    fields = [(name.lower(), one_line(_decoded(value))) for name, value in _fields(message)]
    return ParsedMail(message.get_content_type(), _first_of_each(fields), own, enclosed, original, fields)


def _first_of_each(fields: list[tuple[str, str]]) -> dict[str, str]:
    return dict(reversed(fields))


def _leaves(message: Message, *, within: bool) -> Iterator[tuple[Message, bool]]:
    """Yield the text parts, and attached messages before their own parts, each with whether it is attached."""
    if not message.is_multipart():
        yield message, within
        return
    is_envelope = message.get_content_maintype() == "message"
    if is_envelope:
        yield message, within
    for part in message.get_payload():
        if isinstance(part, Message):
            yield from _leaves(part, within=within or is_envelope)


def _fields(message: Message) -> Iterator[tuple[str, str]]:
    """Yield the fields of a header undecoded; bytes beyond ASCII are read as UTF-8 (RFC 6532)."""
    for name, value in islice(message.raw_items(), _MAX_FIELDS):
        yield name, _in_charset(str(value).encode("utf-8", "surrogateescape"), "utf-8")


def _as_text(octets: bytes) -> ParsedMail:
    head, _, body = _lines(octets.decode("utf-8", "replace")).partition("\n\n")
    found = re.findall(r"^([!-9;-~]{1,99}):[ \t]*(.*(?:\n[ \t].*)*)", head, re.MULTILINE)
    fields = [(name.lower(), one_line(_cut(value, _MAX_FIELD))) for name, value in found[:_MAX_FIELDS]]
    return ParsedMail("text/plain", _first_of_each(fields), [Part("text/plain", body or head)], [], "", fields)


def _text(part: Message) -> str:
    return _lines(_decoded_payload(part))


def _decoded_payload(part: Message) -> str:
    octets = part.get_payload(decode=True)
    return _in_charset(octets, part.get_content_charset() or "utf-8") if isinstance(octets, bytes) else ""


def _in_charset(octets: bytes, charset: str) -> str:
    """Decode by the named charset if mail uses it, else as UTF-8, else as Latin-1."""
    if _CHARSET.fullmatch(charset):
        try:
            return octets.decode(codecs.lookup(charset).name)
        except (LookupError, ValueError):
            pass
    try:
        return octets.decode("utf-8")
    except ValueError:
        return octets.decode("latin-1")


def _lines(text: str) -> str:
    """Return a text with LF line ends and lines of at most MAX_LINE characters."""
    lines = re.split(r"\r\n|\r|\n", text.replace("\0", " "))
    return "\n".join(_cut(line, MAX_LINE) for line in lines)


def _cut(text: str, characters: int) -> str:
    """Return the beginning of a text up to the end of a word: half an address would be another address."""
    return text if len(text) <= characters else text[:characters].rpartition(" ")[0]


def _decoded(value: str) -> str:
    """Decode the encoded words of a header field (RFC 2047)."""
    if "=?" not in value:
        return value
    try:
        words = email.header.decode_header(value)
    except (*_BROKEN, HeaderParseError):
        return value
    return "".join(word if isinstance(word, str) else _in_charset(word, charset or "utf-8") for word, charset in words)


def one_line(text: str) -> str:
    """Return a text on one line, without unprintable characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
