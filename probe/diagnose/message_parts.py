"""The parts of a message that a gateway may dislike: its links, attachments and paragraphs, each with where it is."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from enum import StrEnum
from itertools import chain
from typing import Final, NamedTuple

LINK: Final = re.compile(rb"\b(?:https?://|www\.)(?:=\r\n|[^\s\"'<>])+", re.IGNORECASE)
"""A link. In quoted-printable it may go over several lines (RFC 2045 section 6.7)."""
FILE_NAME: Final = re.compile(rb"(?i)\b((?:file)?name)\*?(?:\d+\*?)?=(?:\"([^\"\r\n]*)\"|([^\s;\"]+))")
"""The file name in the header of a part (RFC 2183, RFC 2231)."""
_BOUNDARY: Final = re.compile(rb"(?i)\bboundary=(?:\"([^\"\r\n]{1,70})\"|([^\s\";]{1,70}))")
_SUBJECT: Final = re.compile(rb"(?im)^subject:[ \t]*([^\r\n]*(?:\r\n[ \t][^\r\n]*)*)")
_END: Final = rb"</(?:p|h[1-6]|li|td|pre)>"
_TEXT: Final = rb"<img\b[^<>]*>|(?:(?!\r\n\r\n|<(?:p|h[1-6]|li|td|pre|img)\b).)+"
_ENDS: Final = re.compile(_END, re.IGNORECASE)
_PARAGRAPH: Final = re.compile(rb"(?is)<(?:p|h[1-6]|li|td|pre)\b[^<>]*>.*?" + _END + rb"|" + _TEXT)
_UNENDED: Final = re.compile(_TEXT, re.IGNORECASE | re.DOTALL)
"""For what comes after the last end of a paragraph: to look for one from every beginning takes too long."""
_TAG: Final = re.compile(rb"<[^<>]*>")
_MOST_TEXT: Final = 80
_MOST_PARTS: Final = 256


class Kind(StrEnum):
    """What a part is."""

    SUBJECT = "subject"
    LINK = "link"
    ATTACHMENT = "attachment"
    PARAGRAPH = "paragraph"


class Part(NamedTuple):
    """A part of a message: what a reader sees of it, and the places where it is. A link may be in several."""

    kind: Kind
    text: str
    places: tuple[tuple[int, int], ...]


def parts_of(content: bytes) -> tuple[Part, ...]:
    """Return the parts of a message, at most 256. Text in base64 is one paragraph."""
    start, entities = _entities(content)
    found = list(_subject(content[:start]))
    links: dict[bytes, list[tuple[int, int]]] = {}
    for each in LINK.finditer(content):
        links.setdefault(each[0].replace(b"=\r\n", b""), []).append(each.span())
    found += [Part(Kind.LINK, _shown(link), tuple(places)) for link, places in links.items()]
    for begins, ends in entities:
        header, _, body = content[begins:ends].partition(b"\r\n\r\n")
        name = FILE_NAME.search(header) if begins > start else None
        if name is not None:
            found.append(Part(Kind.ATTACHMENT, _shown(name[2] or name[3] or b""), ((begins, ends),)))
        else:
            found += _paragraphs(body, ends - len(body))
    return tuple(found[:_MOST_PARTS])


def without_parts(content: bytes, numbers: Collection[int]) -> bytes:
    """Return a message without some of its parts, counted as in ``parts_of``."""
    places = sorted(
        place for number, part in enumerate(parts_of(content)) if number in numbers for place in part.places
    )
    kept, at = [], 0
    for begins, ends in places:
        kept.append(content[at : max(at, begins)])
        at = max(at, ends)
    return b"".join([*kept, content[at:]])


def _entities(content: bytes) -> tuple[int, list[tuple[int, int]]]:
    """Return where the header ends, and the place of each part of a multipart message, or of the one text."""
    header = content.find(b"\r\n\r\n") + 4 if b"\r\n\r\n" in content else len(content)
    marks = [b"--" + (each[1] or each[2]) for each in _BOUNDARY.finditer(content)]
    if not marks:
        return header, [(header - 4, len(content))]
    line = re.compile(rb"(?:^|\r\n)(?:" + b"|".join(map(re.escape, dict.fromkeys(marks))) + rb")(?:--)?[ \t]*\r\n")
    borders = [each.span() for each in line.finditer(content, header - 2)]
    ends = [begins for begins, _ in borders[1:]]
    # The line end before a boundary line belongs to it (RFC 2046 section 5.1.1).
    return header, [(after, end) for (_, after), end in zip(borders, ends, strict=False) if after < end]


def _subject(header: bytes) -> Iterator[Part]:
    found = _SUBJECT.search(header)
    if found is not None and found[1]:
        yield Part(Kind.SUBJECT, _shown(found[1]), (found.span(1),))


def _paragraphs(body: bytes, begins: int) -> Iterator[Part]:
    ended = max((each.end() for each in _ENDS.finditer(body)), default=0)
    for each in chain(_PARAGRAPH.finditer(body, 0, ended), _UNENDED.finditer(body, ended)):
        text = _TAG.sub(b" ", each[0]).strip() or (each[0] if each[0].lower().startswith(b"<img") else b"")
        if text:
            yield Part(Kind.PARAGRAPH, _shown(text), ((begins + each.start(), begins + each.end()),))


def _shown(text: bytes) -> str:
    """Return a text on one line, shortened."""
    line = " ".join(text.decode("utf-8", "replace").split())
    return line if len(line) <= _MOST_TEXT else f"{line[: _MOST_TEXT - 3]}..."
