"""The part for machines: fields for the message, then a group for each recipient (RFC 3464 section 2, RFC 6533)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from probe.returned_mail.about import About, is_recipient
from probe.returned_mail.replies import STATUS, read_reply

MAX_RECIPIENTS: Final = 1000
_FIELD: Final = re.compile(r"^([A-Za-z][A-Za-z-]{1,60})[ \t]*:[ \t]*(.*)$")
_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_UNICODE: Final = re.compile(r"\\x\{([0-9A-F]{2,6})\}")
_ADDRESS: Final = re.compile(r"(?:\"[^\"@]{1,62}\"|[^\s<>;,\"]{1,64})@[^\s<>;,\"]{1,253}")
ACTIONS: Final = {"failed", "delayed", "delivered", "relayed", "expanded"}


def read_fields(text: str) -> tuple[About, ...]:
    """Return what the groups of a machine part say; groups that name nobody are the message's own."""
    found: dict[str, About] = {}
    for group in _groups(text):
        if len(found) >= MAX_RECIPIENTS:
            break
        about = _about(group)
        if about is not None:
            found.setdefault(about.recipient, about)
    return tuple(found.values())


def _groups(text: str) -> Iterator[dict[str, str]]:
    """Yield groups of fields, unfolded. A field that comes again begins a new group, blank line or not."""
    group: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        if not line.strip():
            if "final-recipient" in group or "original-recipient" in group:
                yield group
                group = {}
            last = ""
            continue
        match = _FIELD.match(line)
        if match is None:
            # Folded, wrongly perhaps: some write continuation lines without a blank in front.
            if last:
                group[last] = f"{group[last]} {line.strip()}"[:4000]
            continue
        name = match[1].lower()
        if name == "final-recipient" and name in group:
            yield group
            group = {}
        last = name
        group.setdefault(name, match[2].strip())
    yield group


def _about(group: dict[str, str]) -> About | None:
    recipient = next(filter(None, map(_address, _recipients(group))), "")
    if not recipient:
        return None
    action = group.get("action", "").split(" ")[0].strip("();,").lower() or None
    diagnostic = _without_type(group.get("diagnostic-code", "")) or group.get("x-postfix-reason", "")
    code, said_status = read_reply(diagnostic)
    stated = STATUS.search(group.get("status", ""))
    status = stated[1] if stated else None
    # What the remote server said outweighs what the reporting one made of it (RFC 3464 section 2.3.6).
    status = said_status or status
    return About(recipient, action if action in ACTIONS else None, status, code, diagnostic[:1000])


def _recipients(group: dict[str, str]) -> Iterator[str]:
    """Yield what the group says of its recipient, the final one first (RFC 3464 sections 2.3.1 and 2.3.2)."""
    for name in ("final-recipient", "x-actual-recipient", "original-recipient"):
        if name in group:
            yield group[name]


def _address(value: str) -> str:
    """Return the address of a typed field such as ``rfc822; ann@acme.example``, empty where there is none."""
    kind, semicolon, rest = value.partition(";")
    text = rest if semicolon else kind
    if kind.strip().lower() == "utf-8":
        text = _UNICODE.sub(lambda found: chr(min(int(found[1], 16), 0x10FFFF)), text)
    found = _ADDRESS.search(text) or _ADDRESS.search(value)
    if found is None:
        return ""
    address = found[0].strip("'.")
    plain = _XTEXT.sub(lambda code: chr(int(code[1], 16)), address)
    return next((each for each in (address, plain) if is_recipient(each)), "")


def _without_type(value: str) -> str:
    kind, semicolon, rest = value.partition(";")
    return " ".join((rest if semicolon and len(kind) < 30 else value).split())
