"""The machine-readable part of a report: a group of fields for each recipient (RFC 3464 section 2, RFC 6533 section 3).

The fields are read from any text that has them. Real reports have them under other content types, in the
human-readable text, and quoted in forwarded mail.
"""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.diagnostic import ADDRESS, MAX_TEXT, is_plausible, outranks, parse_diagnostic
from probe.returned_mail.mime import one_line
from probe.returned_mail.model import MAX_RECIPIENTS, Action, RecipientEntry

_FIELD: Final = re.compile(r"([A-Za-z][A-Za-z0-9-]{1,40})[ \t]{0,9}:[ \t]{0,9}(.*)")
_RECIPIENT_FIELDS: Final = ("final-recipient", "original-recipient", "x-actual-recipient")
_GROUP_FIELDS: Final = {*_RECIPIENT_FIELDS, "action", "status", "diagnostic-code", "remote-mta", "last-attempt-date"}
_NAMES_ONE: Final = re.compile(r"^(?:> ?)?(?:final|original)-recipient[ \t]{0,9}:", re.IGNORECASE | re.MULTILINE)
_QUOTED_LINE: Final = re.compile(r"^> ?(?!>)", re.MULTILINE)
_STATUS: Final = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?![.\d])")
_ACTION: Final = re.compile("|".join([*Action, "error", "deliverable"]), re.IGNORECASE)
_OTHER_NAMES: Final = {"error": Action.FAILED, "deliverable": Action.DELIVERED}
"""OpenSMTPD writes ``error``; mail filters that verify addresses write ``deliverable``."""
_BY_CLASS: Final = {"2": Action.DELIVERED, "4": Action.DELAYED, "5": Action.FAILED}
_IN_XTEXT: Final = re.compile(r"\+([0-9A-F]{2})")
_IN_UTF8_XTEXT: Final = re.compile(r"\\x\{([0-9A-F]{2,6})\}")
_ADDRESS: Final = re.compile(ADDRESS)
_NEXT_HEADER: Final = re.compile(r"(?:received|return-path|message-id|mime-version|content-type)[ \t]*:", re.IGNORECASE)

_Group = dict[str, str]


def read_fields(text: str) -> list[RecipientEntry]:
    """Return an entry for each recipient that the fields of a text name."""
    if not _NAMES_ONE.search(text):
        return []
    found = [_entry(group) for group in _groups(_QUOTED_LINE.sub("", text))]
    return [entry for entry in found if entry is not None][:MAX_RECIPIENTS]


def read_unnamed(text: str) -> RecipientEntry | None:
    """Return what the fields of a text say about a recipient that they do not name; None if they say nothing."""
    return next(iter(_unnamed(text)), None)


def read_only_unnamed(text: str) -> RecipientEntry | None:
    """Return what the fields of a text say about the only recipient, which they do not name; else None."""
    said = _unnamed(text)
    return said[0] if len(said) == 1 else None


def _unnamed(text: str) -> list[RecipientEntry]:
    said = (_read(group, "") for group in _groups(_QUOTED_LINE.sub("", text)))
    return [each for each in said if each.status or each.code]


def _groups(text: str) -> list[_Group]:
    """Split fields into groups. A group ends before a field that it has already; blank lines are unreliable.

    Real reports double them, leave them out, and put them between the fields of one recipient.
    """
    groups: list[_Group] = [{}]
    name = ""
    after_blank = False
    for line in text.split("\n"):
        if not line.strip():
            after_blank = True
            continue
        field = None if line[0] in " \t" and name else _FIELD.match(line.strip())
        if field is None:
            # A line without a field name continues the last field; after a blank line only if it is folded.
            if name and (line[0] in " \t" or not after_blank) and len(groups[-1][name]) < MAX_TEXT:
                groups[-1][name] += f" {line.strip()}"
            continue
        if _NEXT_HEADER.match(line) and any(groups):
            break
        if field[1].lower() not in _GROUP_FIELDS:
            # "Connected: no" within an unfolded diagnostic is not a field of the report.
            if name == "diagnostic-code" and not after_blank and "-" not in field[1]:
                groups[-1][name] += f" {line.strip()}"
            else:
                name = ""
            continue
        name = field[1].lower()
        if name in groups[-1] or (after_blank and name in _RECIPIENT_FIELDS and "final-recipient" in groups[-1]):
            if len(groups) > MAX_RECIPIENTS:
                break
            groups.append({})
        after_blank = False
        groups[-1][name] = field[2]
    return groups


def _entry(group: _Group) -> RecipientEntry | None:
    """Return the entry of a group of fields; None if it names no recipient."""
    named = [address for address in (_address(group.get(name, "")) for name in _RECIPIENT_FIELDS) if address]
    return _read(group, named[0]) if named else None


def _read(group: _Group, recipient: str) -> RecipientEntry:
    kind, semicolon, diagnostic = group.get("diagnostic-code", "").partition(";")
    # An x-unix diagnostic holds the exit code of a program, not a reply code.
    parsed = parse_diagnostic("" if kind.strip().lower() == "x-unix" else diagnostic if semicolon else kind)
    stated = _STATUS.search(group.get("status", ""))
    status = stated[0] if stated else None
    word = _ACTION.search(group.get("action", ""))
    action = word and (_OTHER_NAMES.get(word[0].lower()) or Action(word[0].lower()))
    if status is None or (outranks(parsed.status, status) and action is not Action.DELAYED):
        status = parsed.status
    original = _address(group.get("original-recipient", ""))
    return RecipientEntry(
        recipient=recipient,
        action=action or _BY_CLASS.get((status or "")[:1]),
        status=status,
        code=parsed.code,
        text=parsed.text,
        original_recipient=original,
    )


def _address(value: str) -> str:
    """Return the address of a recipient field, empty if it has none. Type, angle brackets and xtext are optional."""
    kind, semicolon, rest = value.partition(";")
    value = one_line(rest if semicolon else kind).strip("<> ")
    for written in (value, _IN_XTEXT.sub(_character, value), _IN_UTF8_XTEXT.sub(_character, value)):
        if is_plausible(written):
            return written
    within = _ADDRESS.search(value)
    return within[0] if within and is_plausible(within[0]) else ""


def _character(found: re.Match[str]) -> str:
    number = int(found[1], 16)
    return chr(number) if number < 0x110000 else ""
