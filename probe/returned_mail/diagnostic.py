"""Addresses, reply codes and enhanced statuses in free text (RFC 5321 section 4.2, RFC 3463 section 2)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import is_address
from probe.returned_mail.mime import one_line

MAX_TEXT: Final = 1_000
"""Characters of a diagnostic that are kept, at most."""

_LOCAL: Final = r"""[^\s<>@"'(),:;\[\]\\|]"""
ADDRESS: Final = rf"""(?<!{_LOCAL}){_LOCAL}{{1,70}}@[^\s<>@"'(),:;\[\]\\|!?=/*]{{1,270}}"""
"""Matches what may be a whole address in a text, never the end of a longer one. ``is_plausible`` decides."""

_QUOTED: Final = re.compile(r'"[!#-\[\]-~]{1,62}"')
_STATUS: Final = r"[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)"
_CODE: Final = r"[245][0-5]\d"
_CODE_AND_STATUS: Final = re.compile(rf"(?<![\w.])({_CODE})[ :-]{{1,3}}[\"'#(]{{0,2}}({_STATUS})")
_STATUS_ALONE: Final = re.compile(rf"(?:^|[\s#(<\[:;'\"])({_STATUS})(?=[\s)>\]:;,.'\"]|$)")
_SAID: Final = re.compile(
    rf"(?:said|response|returned|error_code|<<<|>>>|;|:\s|->|reason|with)[^\w\n]{{0,9}}({_CODE})(?=[ ,-]|:\s|$)",
    re.IGNORECASE,
)
_LINE_BEGINS: Final = re.compile(rf"^[\s>#('\"\[]{{0,9}}({_CODE})(?=[ -]|:\s|$)", re.MULTILINE)
_CODE_ALONE: Final = re.compile(rf"(?:^|[\s(\[<'\"#])({_CODE})(?=[ :-][\s<'\"\w]|:?$)", re.MULTILINE)


class Diagnostic(NamedTuple):
    """A diagnostic: its enhanced status, its reply code, and its text on one line."""

    status: str | None
    code: int | None
    text: str


def is_plausible(address: str) -> bool:
    """Whether a text may be a recipient address, also beyond ASCII (RFC 6531) or with a quoted local part."""
    local, _, domain = address.rpartition("@")
    if _QUOTED.fullmatch(local):
        return is_address(f"x@{domain}")
    return is_address("".join(each if each.isascii() or not each.isalnum() else "x" for each in address))


def parse_diagnostic(text: str) -> Diagnostic:
    """Read a diagnostic. A code with its status beats either alone; a server's reply beats other numbers."""
    pair = _CODE_AND_STATUS.search(text)
    if pair is not None:
        return Diagnostic(pair[2], int(pair[1]), one_line(text)[:MAX_TEXT])
    status = _STATUS_ALONE.search(text)
    code = _LINE_BEGINS.search(text) or _SAID.search(text) or _CODE_ALONE.search(text)
    return Diagnostic(status and status[1], int(code[1]) if code else None, one_line(text)[:MAX_TEXT])


def is_general(status: str | None) -> bool:
    """Whether a status says no more than its class: None, or one such as ``5.0.0``."""
    return status is None or status[1:] == ".0.0"
