"""Addresses, reply codes and enhanced statuses in free text (RFC 5321 section 4.2, RFC 3463 section 2)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import is_address
from probe.returned_mail.mime import one_line

MAX_TEXT: Final = 1_000
"""Characters of a diagnostic that are kept, at most."""

_LOCAL: Final = r"""[^\s<>@"'(),:;\[\]\\|]"""
_QUOTED_LOCAL: Final = r'"(?:[ !#-\[\]-~]|\\[ -~]){1,62}"'
ADDRESS: Final = (
    rf"""(?:(?<!{_LOCAL}){_LOCAL}{{1,70}}|(?<![^\s<(\[:;,=]){_QUOTED_LOCAL})@[^\s<>@"'(),:;\[\]\\|!?=/*]{{1,270}}"""
)
"""Matches what may be a whole address in a text, never the end of a longer one. ``is_plausible`` decides."""

_QUOTED: Final = re.compile(_QUOTED_LOCAL)
_ENCAPSULATED: Final = re.compile(r"imceasmtp-(.{3,900})@[^@]+", re.IGNORECASE)
_X500: Final = re.compile(r"imceaex-", re.IGNORECASE)
_HEX: Final = re.compile(r"\+([0-9a-f]{2})", re.IGNORECASE)
_STATUS: Final = r"[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)"
_CODE: Final = r"[245][0-5]\d"
_CODE_AND_STATUS: Final = re.compile(rf"(?<![\w.])({_CODE})[ :-]{{1,3}}[\"'#(]{{0,2}}({_STATUS})")
_STATUS_ALONE: Final = re.compile(rf"(?:^|[\s#(<\[:;'\"])({_STATUS})(?=[\s)>\]:;,.'\"]|$)")
_SAID: Final = re.compile(
    rf"(?:said|response|returned|code|<<<|>>>|;|:\s|->|reason|with)[^\w\n]{{0,9}}({_CODE})(?=[ ,-]|:\s|$)",
    re.IGNORECASE,
)
_LINE_BEGINS: Final = re.compile(rf"^[\s>#('\"\[]{{0,9}}({_CODE})(?=[ -]|:\s|$)", re.MULTILINE)
_CODE_ALONE: Final = re.compile(rf"(?:^|[\s(\[<'\"#])({_CODE})(?=[ :-][\s<'\"\w]|:?$)", re.MULTILINE)
_EXPIRED: Final = ".4.7"
_GONE: Final = (".1.1", ".1.6", ".1.10")
"""Details of statuses by which senders give an address up (RFC 3463 section 3.2, RFC 7505)."""
_OTHER_REASONS: Final = "27"
"""Subjects of statuses about the mailbox and about policy (RFC 3463 sections 3.3 and 3.8)."""


class Diagnostic(NamedTuple):
    """A diagnostic: its enhanced status, its reply code, and its text on one line."""

    status: str | None
    code: int | None
    text: str


def is_plausible(address: str) -> bool:
    """Whether a text may be a recipient address, also beyond ASCII (RFC 6531) or with a quoted local part.

    An address of Exchange's directory in a wrapping for SMTP (``IMCEAEX-_O=ACME_...``) is nobody's.
    """
    if _X500.match(address):
        return False
    local, _, domain = address.rpartition("@")
    if _QUOTED.fullmatch(local):
        return is_address(f"x@{domain}")
    return is_address("".join(each if each.isascii() or not each.isalnum() else "x" for each in address))


def unwrapped(address: str) -> str:
    """Return the address that Exchange wrapped in another: ``IMCEASMTP-ann+40acme+2Eexample@...``, else the same."""
    found = _ENCAPSULATED.fullmatch(address)
    inner = _HEX.sub(lambda each: chr(int(each[1], 16)), found[1]) if found else address
    return inner if is_plausible(inner) else address


def parse_diagnostic(text: str) -> Diagnostic:
    """Read a diagnostic. A code with its status beats either alone; a server's reply beats other numbers."""
    pair = _CODE_AND_STATUS.search(text)
    if pair is not None and pair[2].endswith(_EXPIRED):
        # "554 4.4.7 Message expired <421 4.4.2 Connection timed out>": the last reply is what kept the message waiting.
        pair = next((each for each in _CODE_AND_STATUS.finditer(text) if not each[2].endswith(_EXPIRED)), pair)
    if pair is not None:
        return Diagnostic(pair[2], int(pair[1]), one_line(text)[:MAX_TEXT])
    status = _STATUS_ALONE.search(text)
    code = _LINE_BEGINS.search(text) or _SAID.search(text) or _CODE_ALONE.search(text)
    return Diagnostic(status and status[1], int(code[1]) if code else None, one_line(text)[:MAX_TEXT])


def is_general(status: str | None) -> bool:
    """Whether a status says no more than its class: None, or one such as ``5.0.0``."""
    return status is None or status[1:] == ".0.0"


def outranks(said: str | None, stated: str | None) -> bool:
    """Whether the status that a server said counts more than the one that the reporter stated.

    A reporter often makes its status up from the reply code: sendmail writes ``5.1.1`` for any 550. So the server's
    words count if they say more than their class, and are of the same class, or of the permanent one where the
    reporter only speaks of its own retries (``4.5.0``). They never make an address unknown of which the reporter says
    that its mailbox or a policy is the reason: of two such statuses the one that keeps the address is believed.
    """
    if said is None or is_general(said):
        return False
    if stated is None or is_general(stated):
        return True
    if said.endswith(_GONE) and stated[2] in _OTHER_REASONS:
        return False
    return said[0] in {stated[0], "5"}
