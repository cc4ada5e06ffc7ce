"""SMTP replies inside other text: code, enhanced status, and the words."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

STATUS: Final = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_REPLY: Final = re.compile(r"(?<![\d.:/])([45][0-5]\d)[ \-#(]{1,3}(?:\(?#?([245]\.\d{1,3}\.\d{1,3})\)?)?(?![\d.]*\d)")
_ADDRESS_TAIL: Final = re.compile(r"[^\n]{0,600}")


class Said(NamedTuple):
    """A reply found in a text, and where it begins."""

    at: int
    code: int | None
    status: str | None
    text: str


def replies(text: str) -> list[Said]:
    """Return the refusals in a text, in order; a status that stands alone is one without a code."""
    found = []
    taken: set[int] = set()
    for match in _REPLY.finditer(text):
        tail = _line(text, match.start())
        status = match[2] or _status_in(tail)
        found.append(Said(match.start(), int(match[1]), status, tail))
        taken.update(range(match.start(), match.start() + len(tail)))
    found += (
        Said(match.start(), None, match[1], _line(text, match.start()))
        for match in STATUS.finditer(text)
        if match.start() not in taken and match[1][0] != "2"
    )
    return sorted(found)


def read_reply(text: str) -> tuple[int | None, str | None]:
    """Return code and enhanced status of a text that is, or holds, a reply."""
    found = replies(text)
    code = next((each.code for each in found if each.code is not None), None)
    status = next((each.status for each in found if each.status is not None), None)
    return code, status


def _line(text: str, start: int) -> str:
    found = _ADDRESS_TAIL.match(text, start)
    return found[0].strip() if found else ""


def _status_in(line: str) -> str | None:
    found = STATUS.search(line)
    return found[1] if found else None
