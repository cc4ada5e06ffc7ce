"""Finds the reply code and the enhanced status in a text that contains a server's reply."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fake_gateways.smtp.reply import EnhancedStatus

MAX_TEXT: Final = 4000
"""The most characters of a reply that are kept: more than servers send, less than an attacker may send."""

_STATUS: Final = r"[245]\.[0-9]{1,3}\.[0-9]{1,3}(?![0-9]|\.[0-9])"
_FIRST: Final = re.compile(
    rf"\s*(?:(?:smtp|x-[a-z0-9-]{{1,30}})\s*;\s*)?(?:([2-5][0-9][0-9])(?![0-9.])[\s-]*)?(?:#?({_STATUS}))?",
    re.IGNORECASE,
)
"""At the start: ``550 5.1.1 ...``, ``550-5.1.1 ...`` or ``5.1.1 ...``, optionally after a Diagnostic-Code's type."""
_SAID: Final = re.compile(rf"(?:said|response|reply|error):\s*([2-5][0-9][0-9])(?![0-9.])[\s-]*(?:#?({_STATUS}))?")
"""Within a sentence of the sending system: ``host mx.example[192.0.2.1] said: 550 5.1.1 ...``."""
_TOGETHER: Final = re.compile(rf"(?<![0-9.])(([245])[0-9][0-9])[ -]#?((?=\2){_STATUS})")
"""Anywhere: a code followed by a status of the same class is not a coincidence."""
_STATUS_ANYWHERE: Final = re.compile(rf"(?<![0-9.])({_STATUS})")


class ReplyCodes(NamedTuple):
    """The reply code and the enhanced status, each None if unknown; ``is_own`` if the reply lacks the status."""

    code: int | None = None
    enhanced: str | None = None
    is_own: bool = False


def reply_codes(text: str, code: object = None, enhanced: object = None) -> ReplyCodes:
    """Return the code and enhanced status in ``text``; if it has none, those of the fields ``code`` and ``enhanced``.

    The text comes first because the server wrote it. The fields often hold a class of the sending system, such as
    ``5.0.0``. IP addresses are not taken for a status, nor numbers within a sentence for a code. A diagnostic has the
    form ``smtp; 550 ...`` (RFC 3464 2.3.6); statuses are those of RFC 3463.
    """
    found = _in_text(text[:MAX_TEXT])
    known = ReplyCodes(found.code or code_of(code), found.enhanced or enhanced_of(enhanced))
    return known._replace(is_own=bool(known.code and known.enhanced and not found.enhanced))


def _in_text(text: str) -> ReplyCodes:
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
    """Return the SMTP reply code in a field, a number or a text; None for anything else."""
    if isinstance(value, str) and re.fullmatch(r"\s*[2-5][0-9][0-9]\s*", value):
        return int(value)
    return value if type(value) is int and 200 <= value <= 599 else None


def enhanced_of(value: object) -> str | None:
    """Return the enhanced status in a field; None for anything else."""
    try:
        return str(EnhancedStatus.parse(value.strip())) if isinstance(value, str) else None
    except ValueError:
        return None
