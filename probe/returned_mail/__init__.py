"""Reads mail that came back to a sender: delivery reports in any layout, complaints, automatic answers.

Nothing is guessed: every recipient and status that is returned is in the mail.
"""

from __future__ import annotations

import html
import re
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from probe.records.returned import ReturnedKind
from probe.returned_mail.arf import read_feedback
from probe.returned_mail.auto_reply import read_auto_reply, replied_to_id
from probe.returned_mail.diagnostic import ADDRESS, is_general, is_plausible
from probe.returned_mail.layouts import (
    Notice,
    message_id_in,
    read_any_address,
    read_near_mentions,
    read_text,
    split_notice,
)
from probe.returned_mail.mime import ParsedMail, parse_mail
from probe.returned_mail.model import MAX_RECIPIENTS, Action, RecipientEntry, ReturnedMail
from probe.returned_mail.rfc3464 import read_fields

__all__ = ["Action", "RecipientEntry", "ReturnedKind", "ReturnedMail", "read"]

_DAEMONS: Final = re.compile(
    r"mailer[-_.]?daemon|post[-_]?master|mail(?: |er)?deliver|delivery (?:sub)?system|mail router|mdaemon|^<>$",
    re.IGNORECASE,
)
_ABOUT_DELIVERY: Final = re.compile(
    r"undeliver|(?:delivery|mail).{0,20}(?:fail|error|status|problem|delay)|returned (?:e?-?mail|to sender)"
    r"|failure notice|could not be delivered|unzustellbar|nicht zustellbar|non remis|no entregado",
    re.IGNORECASE,
)
_OF_THE_REPORT: Final = (
    "from",
    "to",
    "cc",
    "return-path",
    "reply-to",
    "sender",
    "errors-to",
    "message-id",
    "delivered-to",
)
_TAG: Final = re.compile(r"<[^<>]{0,1000}>")
_ADDRESS: Final = re.compile(ADDRESS)
_MAX_GUESSED: Final = 64 * 1024
"""Characters that flufl.bounce is given. On very long lines its expressions take quadratic time."""
_MAX_GUESSED_LINE: Final = 200


def read(octets: bytes) -> ReturnedMail:
    """Read a returned mail with any content; raises nothing. Only the first MiB is read."""
    mail = parse_mail(octets)
    subject = mail.header.get("subject", "")
    notice = split_notice(_human_readable_text(mail), subject)
    message_id = _message_id(mail, notice)
    feedback = read_feedback(mail)
    if feedback is not None:
        return ReturnedMail(feedback[0], tuple(feedback[1]), message_id, subject)
    entries = _reported(mail, notice)
    if entries:
        return ReturnedMail(ReturnedKind.REPORT, tuple(entries), message_id, subject)
    answer = None if _is_from_daemon(mail) else read_auto_reply(mail)
    if answer is not None:
        return ReturnedMail(ReturnedKind.AUTO_REPLY, tuple(answer), message_id, subject)
    is_report = message_id and _is_about_delivery(mail)
    return ReturnedMail(ReturnedKind.REPORT if is_report else ReturnedKind.UNREADABLE, (), message_id, subject)


def _reported(mail: ParsedMail, notice: Notice) -> list[RecipientEntry]:
    """Return a report's entries: from its machine-readable part, else from its header, else from its text."""
    fields = _fields(mail)
    if fields:
        # If the text lists several recipients before any diagnostic, the last would get the diagnostic of all.
        return _completed(fields, notice, by_place=len(fields) == 1)
    failed = [each for each in dict.fromkeys(_ADDRESS.findall(mail.header.get("x-failed-recipients", "")))
              if is_plausible(each)][:MAX_RECIPIENTS]  # fmt: skip
    if failed:
        return _completed([RecipientEntry(each) for each in failed], notice, by_place=True)
    entries = read_text(notice)
    if not entries and _is_about_delivery(mail):
        strangers = frozenset(
            each.lower() for name in _OF_THE_REPORT for each in _ADDRESS.findall(mail.header.get(name, ""))
        )
        entries = read_near_mentions(notice, _guessed(mail, notice, strangers)) or read_any_address(notice, strangers)
    return _each_once(entries)


def _fields(mail: ParsedMail) -> list[RecipientEntry]:
    machine = [part for part in mail.parts if part.type.endswith("delivery-status")]
    found = [entry for part in machine for entry in read_fields(part.text)]
    if not found:
        # A disposition notification has a Final-Recipient too (RFC 8098 section 3.2.4).
        other = [part for part in mail.parts if part.type != "text/disposition-notification"]
        found = next((read for part in other if (read := read_fields(part.text))), [])
    if not found:
        # The report may have been forwarded as an attachment.
        inner = [part for part in mail.enclosed if part.type.endswith("delivery-status")]
        found = [entry for part in inner for entry in read_fields(part.text)]
    return _each_once(found)


def _completed(entries: list[RecipientEntry], notice: Notice, *, by_place: bool) -> list[RecipientEntry]:
    """Fill in from the human-readable text what the machine-readable fields leave out.

    A diagnostic belongs to a recipient by a known layout or, with ``by_place``, because it follows the address.
    """
    if all(each.action and each.status and each.code and each.text for each in entries):
        return entries
    near = read_near_mentions(notice, [each.recipient for each in entries]) if by_place else []
    in_text = {each.recipient: each for each in (*near, *read_text(notice))}
    return [_filled(each, in_text.get(each.recipient, each)) for each in entries]


def _filled(entry: RecipientEntry, text: RecipientEntry) -> RecipientEntry:
    return entry._replace(
        action=entry.action or text.action,
        status=text.status or entry.status if is_general(entry.status) else entry.status,
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


def _is_from_daemon(mail: ParsedMail) -> bool:
    return _DAEMONS.search(mail.header.get("from", "")) is not None or any(
        part.type.endswith("delivery-status") for part in mail.parts
    )


def _is_about_delivery(mail: ParsedMail) -> bool:
    return _is_from_daemon(mail) or _ABOUT_DELIVERY.search(mail.header.get("subject", "")) is not None


def _human_readable_text(mail: ParsedMail) -> str:
    for part in mail.parts:
        if part.type == "text/html":
            return html.unescape(_TAG.sub("\n", part.text))
        if part.text.strip() and not part.type.endswith(("delivery-status", "rfc822-headers", "notification")):
            return part.text
    return ""


def _message_id(mail: ParsedMail, notice: Notice) -> str:
    """Return the original's Message-ID: from the enclosed message or header, the quoted text, or In-Reply-To."""
    headers = (part.text for part in mail.parts if part.type == "text/rfc822-headers")
    rest = (part.text for part in mail.parts if part.type != "text/rfc822-headers")
    for text in (mail.original, *headers, notice.quoted, *rest):
        if found := message_id_in(text):
            return found
    return replied_to_id(mail)
