"""Reads a delivery report: its fields for machines, else its header, else its words.

Every recipient has its own words. A report that names nobody still says why it came.
"""

from __future__ import annotations

import re
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from probe.returned_mail.addressees import came_to
from probe.returned_mail.authorship import (
    calls_itself_daemon,
    has_delivery_status,
    is_about_delivery,
    is_answer_of_a_person,
    is_from_daemon,
    is_from_nobody,
    is_from_program,
    is_pasted_by_a_person,
    is_robot,
)
from probe.returned_mail.auto_reply import is_by_inbox_rule, read_auto_reply, says_automatic
from probe.returned_mail.diagnostic import ADDRESS, is_general, is_plausible, outranks, parse_diagnostic, unwrapped
from probe.returned_mail.layouts import Notice, read_near_mentions, read_text
from probe.returned_mail.mentions import (
    begins_as_report,
    is_about_goods,
    is_letter,
    is_personal,
    only_address,
    read_mentions,
    tells_trouble,
)
from probe.returned_mail.mime import ParsedMail
from probe.returned_mail.model import MAX_RECIPIENTS, RecipientEntry
from probe.returned_mail.rfc3464 import read_fields, read_only_unnamed, read_unnamed

_OF_THE_REPORT: Final = (
    "from", "to", "cc", "return-path", "reply-to", "sender", "errors-to", "message-id", "delivered-to",
    "in-reply-to", "references",
)  # fmt: skip
_ADDRESS: Final = re.compile(ADDRESS)
_ORIGIN: Final = re.compile(
    r"[>\s(]{0,20}(?:(?:ultimately )?(?:generated|expanded|forwarded|redirected|aliased) (?:from|by)"
    rf"|originally(?: addressed)? to|original (?:address|recipient))[:\s]{{1,9}}<?({ADDRESS})",
    re.IGNORECASE,
)
"""How Exim, Postfix and sendmail say of which address another was made, by an alias or a forward."""
_MAX_GUESSED: Final = 64 * 1024
"""Characters that flufl.bounce is given. On very long lines its expressions take quadratic time."""
_MAX_GUESSED_LINE: Final = 200


def read_report(mail: ParsedMail, notice: Notice) -> list[RecipientEntry] | None:
    """Return an entry for each recipient of a report, an empty list if it names none; None for other mail."""
    entries = _entries(mail, notice)
    if not entries:
        entries = _only_address(mail, notice) or entries
    if entries is None:
        return None
    if len(entries) == 1 and not _of_machines(mail):
        entries = [_with_fields(entries[0], mail)]
    return [_with_origin(_unwrapped(each), notice) for each in entries]


def read_unnamed_report(mail: ParsedMail, notice: Notice) -> RecipientEntry | None:
    """Return what a report says that names no recipient; None if it may be no report at all."""
    if not calls_itself_daemon(mail) and (is_about_goods(notice.text) or is_letter(notice.text)):
        return None
    fields = next((found for part in mail.parts if (found := read_unnamed(part.text))), None)
    words = RecipientEntry("", notice.action, *parse_diagnostic(notice.text))
    if fields is None and not (words.status or words.code or has_delivery_status(mail) or is_about_delivery(mail)):
        return words if tells_trouble(notice.text) else None
    return words if fields is None else fields._replace(text=fields.text or words.text, code=fields.code or words.code)


def _with_fields(entry: RecipientEntry, mail: ParsedMail) -> RecipientEntry:
    """Add what the fields say about the only recipient, if they do not name it by an address."""
    machine = (part.text for part in mail.parts if part.type.endswith("delivery-status"))
    said = next((found for text in machine if (found := read_only_unnamed(text))), None)
    if said is None:
        return entry
    return _filled(said._replace(recipient=entry.recipient, original_recipient=entry.original_recipient), entry)


def _unwrapped(entry: RecipientEntry) -> RecipientEntry:
    recipient, original = unwrapped(entry.recipient), unwrapped(entry.original_recipient)
    return entry._replace(recipient=recipient, original_recipient=original)


def _only_address(mail: ParsedMail, notice: Notice) -> list[RecipientEntry]:
    """Return the only foreign address in what a mail system wrote in any language, if it has a code or status."""
    if not is_from_daemon(mail):
        is_reply = says_automatic(mail) or is_answer_of_a_person(mail) or read_auto_reply(mail) is not None
        is_written_by_system = mail.header.get("return-path", "") == "<>" or "errore" in mail.header.get(
            "x-ricevuta", ""
        )
        if is_reply or not is_written_by_system:
            return []
    if not calls_itself_daemon(mail) and (is_about_goods(notice.text) or is_letter(notice.text)):
        return []
    said = parse_diagnostic(notice.text)
    own = frozenset(each.lower().rpartition("@")[2] for each in came_to(mail))
    address = only_address(notice.text, _strangers(mail), own) if said.code or said.status else ""
    return [RecipientEntry(address, notice.action, *said)] if address else []


def _with_origin(entry: RecipientEntry, notice: Notice) -> RecipientEntry:
    """Add the address that was mailed, if the words about a recipient say of which other it was generated."""
    if entry.original_recipient:
        return entry
    found = _ORIGIN.search(entry.text)
    if found is None:
        place = notice.text.find(entry.recipient)
        found = _ORIGIN.match(notice.text, place + len(entry.recipient)) if place >= 0 else None
    if found is None or not is_plausible(found[1]) or found[1].lower() == entry.recipient.lower():
        return entry
    return entry._replace(original_recipient=found[1])


def _entries(mail: ParsedMail, notice: Notice) -> list[RecipientEntry] | None:
    if is_answer_of_a_person(mail):
        # Some systems answer with the subject of what they return.
        return (read_text(notice, at_once=True) if is_from_program(mail) else []) or None
    fields = _each_once(_of_machines(mail)) or _each_once(_in_header(mail))
    if fields:
        # If the text lists several recipients before any diagnostic, the last would get the diagnostic of all.
        return _completed(fields, notice, by_place=len(fields) == 1 or "x-failed-recipients" in mail.header)
    if (says_automatic(mail) and not calls_itself_daemon(mail)) or (
        is_by_inbox_rule(mail) and not is_from_daemon(mail)
    ):
        return None
    if is_pasted_by_a_person(mail, notice.text + notice.quoted):
        return None
    if is_from_daemon(mail) or (is_from_program(mail) and is_about_delivery(mail)):
        return _each_once(_in_words(mail, notice))
    if is_from_nobody(mail) and (fields := _each_once(_in_texts(mail))):
        return _completed(fields, notice, by_place=len(fields) == 1)
    if is_robot(mail) or (is_from_program(mail) and read_auto_reply(mail) is None):
        return read_text(notice) or None
    # A mail system under the name of a person is known by its layout, or by its words.
    if not is_about_delivery(mail) or is_letter(notice.text):
        return None
    return read_text(notice, at_once=True) or _of_stranger(mail, notice) or None


def _of_machines(mail: ParsedMail) -> list[RecipientEntry]:
    machine = [part for part in mail.parts if part.type.endswith("delivery-status")]
    # The report may have been forwarded as an attachment.
    inner = [part for part in mail.enclosed if part.type.endswith("delivery-status")]
    return [entry for part in machine for entry in read_fields(part.text)] or [
        entry for part in inner for entry in read_fields(part.text)
    ]


def _in_header(mail: ParsedMail) -> list[RecipientEntry]:
    """Return the recipients that Exim names in the header."""
    failed = dict.fromkeys(_ADDRESS.findall(mail.header.get("x-failed-recipients", "")))
    return [RecipientEntry(each) for each in failed if is_plausible(each)]


def _in_texts(mail: ParsedMail) -> list[RecipientEntry]:
    """Return the entries of fields in any text. A disposition notification has a Final-Recipient too (RFC 8098)."""
    texts = (part.text for part in mail.parts if part.type != "text/disposition-notification")
    return next((found for text in texts if (found := read_fields(text))), [])


def _in_words(mail: ParsedMail, notice: Notice) -> list[RecipientEntry]:
    """Return the recipients that the text names, by fields in it, a known layout, or what stands around an address."""
    fields = _each_once(_in_texts(mail))
    if fields:
        return _completed(fields, notice, by_place=len(fields) == 1)
    known = read_text(notice)
    if known:
        return known
    strangers = _strangers(mail)
    is_somebody = not calls_itself_daemon(mail)
    if is_somebody and is_about_goods(notice.text):
        return []
    only_listed = is_somebody and is_personal(notice.text)
    mentioned, are_told = read_mentions(notice.text, notice.action, strangers, only_listed=only_listed)
    if are_told or not is_about_delivery(mail):
        return mentioned if are_told else []
    return read_near_mentions(notice, _guessed(mail, notice, strangers)) or mentioned


def _of_stranger(mail: ParsedMail, notice: Notice) -> list[RecipientEntry]:
    """Return the recipients that a text lists, if only its words show that no person wrote it."""
    if not begins_as_report(notice.text) or is_personal(notice.text) or is_about_goods(notice.text):
        return []
    mentioned, are_told = read_mentions(notice.text, notice.action, _strangers(mail), only_listed=True)
    return mentioned if are_told else []


def _strangers(mail: ParsedMail) -> frozenset[str]:
    """Return the addresses in the header of a report, which are nobody's to whom its message went."""
    found = (each for name in _OF_THE_REPORT for each in _ADDRESS.findall(mail.header.get(name, "")))
    return frozenset(each.lower() for each in found)


def _completed(entries: list[RecipientEntry], notice: Notice, *, by_place: bool) -> list[RecipientEntry]:
    """Fill in from the human-readable text what the machine-readable fields leave out.

    A diagnostic belongs to a recipient by a known layout or, with ``by_place``, because it follows the address.
    """
    if all(each.action and each.status and each.code and each.text for each in entries):
        return entries
    near = read_near_mentions(notice, [each.recipient for each in entries]) if by_place else []
    in_text = {each.recipient: each for each in (*near, *read_text(notice))}
    filled = [_filled(each, in_text.get(each.recipient, each)) for each in entries]
    return [_with_transcript(filled[0], notice)] if len(filled) == 1 else filled


def _with_transcript(entry: RecipientEntry, notice: Notice) -> RecipientEntry:
    """Add the code of sendmail's transcript, which is about the only recipient if it is of the class of the status."""
    _, found, transcript = notice.text.partition("Transcript of session follows")
    said = parse_diagnostic(transcript)
    if entry.code or not found or not said.code or (entry.status or str(said.code))[0] != str(said.code)[0]:
        return entry
    return entry._replace(code=said.code, text=entry.text or said.text)


def _filled(entry: RecipientEntry, text: RecipientEntry) -> RecipientEntry:
    is_unsaid = is_general(entry.status) or not entry.text
    return entry._replace(
        action=entry.action or text.action,
        status=text.status
        if entry.status is None or (is_unsaid and outranks(text.status, entry.status))
        else entry.status,
        code=entry.code or text.code,
        text=entry.text or text.text,
    )


def _each_once(entries: list[RecipientEntry]) -> list[RecipientEntry]:
    """Return one entry for each recipient: the first that has a status, else the first."""
    best: dict[str, RecipientEntry] = {}
    for each in entries:
        key = each.recipient.lower()
        if key not in best or (best[key].status is None and each.status is not None):
            best[key] = each
    return list(best.values())[:MAX_RECIPIENTS]


def _guessed(mail: ParsedMail, notice: Notice, strangers: frozenset[str]) -> list[str]:
    """Return the recipients that flufl.bounce finds in the text. It knows many old layouts."""
    message = Message()
    # Without an address in From: one of its detectors raises IndexError.
    message["From"] = next(iter(_ADDRESS.findall(mail.header.get("from", ""))), "mailer-daemon@unknown.invalid")
    lines = notice.text[:_MAX_GUESSED].split("\n")
    message.set_payload("\n".join(line for line in lines if len(line) <= _MAX_GUESSED_LINE))
    try:
        delayed, failed = all_failures(message)
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
    whole = {each.rstrip(".") for each in _ADDRESS.findall(notice.text)}
    found = {each.decode("ascii", "replace") for each in delayed | failed} & whole
    return sorted(each for each in found if is_plausible(each) and each.lower() not in strangers)
