"""Reply code and enhanced status out of the text in which a log keeps a server's reply."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fake_gateways.smtp.reply import EnhancedStatus

MAX_TEXT: Final = 4000
"""Characters of a reply's text that are kept: far more than servers say, far less than an attacker may."""

_STATUS: Final = r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9]|\.[0-9])"
_FIRST: Final = re.compile(
    rf"\s*(?:(?:smtp|x-[a-z0-9-]{{1,30}})\s*;\s*)?(?:([2-5][0-9][0-9])(?![0-9.])[\s-]*)?(?:#?({_STATUS}))?",
    re.IGNORECASE,
)
"""At the start: ``550 5.1.1 ...``, ``550-5.1.1 ...``, ``5.1.1 ...``, each perhaps after a Diagnostic-Code's type."""
_SAID: Final = re.compile(rf"(?:said|response|reply|error):\s*([2-5][0-9][0-9])(?![0-9.])[\s-]*(?:#?({_STATUS}))?")
"""Within a sentence of the sending system: ``host mx.example[192.0.2.1] said: 550 5.1.1 ...``."""
_TOGETHER: Final = re.compile(rf"(?<![0-9.])(([245])[0-9][0-9])[ -]#?((?=\2){_STATUS})")
"""Anywhere: a code with a status of its own class behind it is no chance."""
_STATUS_ANYWHERE: Final = re.compile(rf"(?<![0-9.])({_STATUS})")


class ReplyCodes(NamedTuple):
    """What a text or the fields beside it tell of a reply."""

    code: int | None = None
    enhanced: str | None = None


def reply_codes(text: str, code: object = None, enhanced: object = None) -> ReplyCodes:
    """Return the code and enhanced status that ``text`` holds; where it holds none, those of the fields beside it.

    The text comes first because it is what the server said; the fields often hold a class of the sending system's own,
    such as ``5.0.0``. Addresses of hosts are not mistaken for a status, nor numbers within a sentence for a code. A
    diagnostic is written ``smtp; 550 ...`` in RFC 3464 2.3.6; statuses are those of RFC 3463.
    """
    told = _told(text[:MAX_TEXT])
    return ReplyCodes(told.code or code_of(code), told.enhanced or enhanced_of(enhanced))


def _told(text: str) -> ReplyCodes:
    first = _FIRST.match(text)
    if first is not None and (first[1] or first[2]):
        code, enhanced = first.groups()
    elif (found := _SAID.search(text)) is not None:
        code, enhanced = found.groups()
    elif (found := _TOGETHER.search(text)) is not None:
        code, enhanced = found[1], found[3]
    else:
        return ReplyCodes()
    if code and not enhanced:
        # Some servers put the status last: "550 no such user (#5.1.1)".
        enhanced = next((each[1] for each in _STATUS_ANYWHERE.finditer(text) if each[1][0] == code[0]), None)
    return ReplyCodes(code_of(code), enhanced_of(enhanced))


def code_of(value: object) -> int | None:
    """Return the SMTP reply code that a field holds as a number or a text, None where it holds anything else."""
    if isinstance(value, str) and re.fullmatch(r"\s*[2-5][0-9][0-9]\s*", value):
        return int(value)
    return value if type(value) is int and 200 <= value <= 599 else None


def enhanced_of(value: object) -> str | None:
    """Return the enhanced status that a field holds, None where it holds anything else."""
    try:
        return str(EnhancedStatus.parse(value.strip())) if isinstance(value, str) else None
    except ValueError:
        return None
