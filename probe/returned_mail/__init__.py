"""Reads mail that came back to a sender: delivery reports in any layout, complaints, automatic answers.

Nothing is guessed: every recipient and status that is returned is in the mail.
"""

from __future__ import annotations

import html
import re
from typing import Final

from probe.records.returned import ReturnedKind
from probe.returned_mail.addressees import came_to, sent_from, sent_to
from probe.returned_mail.arf import read_feedback
from probe.returned_mail.authorship import is_from_daemon, is_robot
from probe.returned_mail.auto_reply import read_auto_reply, replied_to_id
from probe.returned_mail.layouts import Notice, message_id_in, split_notice
from probe.returned_mail.mentions import tells_trouble
from probe.returned_mail.mime import ParsedMail, parse_mail
from probe.returned_mail.model import Action, RecipientEntry, ReturnedMail
from probe.returned_mail.notification import read_notification
from probe.returned_mail.report import read_report, read_unnamed_report
from probe.returned_mail.verp import Delimiters, decode_any

__all__ = ["Action", "RecipientEntry", "ReturnedKind", "ReturnedMail", "read"]

_TAG: Final = re.compile(r"<[^<>]{0,1000}>")


def read(octets: bytes, delimiters: Delimiters | None = None) -> ReturnedMail:
    """Read a returned mail with any content; raises nothing. Only the first MiB is read.

    ``delimiters`` are those of the sender's VERP; without them the common ones are tried.
    """
    mail = parse_mail(octets)
    notice = split_notice(_human_readable_text(mail), mail.header.get("subject", ""))
    found = read_notification(octets) or read_feedback(mail) or _of_kind(mail, notice)
    return_path, verp = _return_path(mail, notice, found, delimiters)
    return found._replace(
        message_id=_message_id(mail, notice),
        subject=mail.header.get("subject", ""),
        return_path=return_path,
        verp=verp,
    )


def _of_kind(mail: ParsedMail, notice: Notice) -> ReturnedMail:
    entries = read_report(mail, notice)
    if entries:
        return ReturnedMail(ReturnedKind.REPORT, tuple(entries))
    if entries is None:
        answer = read_auto_reply(mail)
        return (
            ReturnedMail(ReturnedKind.UNREADABLE)
            if answer is None
            else ReturnedMail(ReturnedKind.AUTO_REPLY, tuple(answer))
        )
    unnamed = read_unnamed_report(mail, notice)
    if (
        (unnamed is None or unnamed[2:4] == (None, None))
        and not is_from_daemon(mail)
        and (found := _answer(mail, notice))
    ):
        return found
    if unnamed is None:
        return ReturnedMail(ReturnedKind.UNREADABLE)
    # qmail of Yahoo quotes subject and recipient of the original above the line that begins it.
    inferred = sent_to(mail, notice.quoted) or sent_to(mail, notice.text)
    if inferred and inferred.lower() not in map(str.lower, came_to(mail)):
        return ReturnedMail(ReturnedKind.REPORT, (unnamed._replace(recipient=inferred, is_inferred=True),))
    return ReturnedMail(ReturnedKind.REPORT, unnamed=unnamed)


def _answer(mail: ParsedMail, notice: Notice) -> ReturnedMail | None:
    """Return the automatic answer of a mailbox that has only its subject in common with a report."""
    may_be_report = is_robot(mail) or (mail.header.get("return-path", "") == "<>" and tells_trouble(notice.text))
    answer = None if may_be_report else read_auto_reply(mail)
    return ReturnedMail(ReturnedKind.AUTO_REPLY, tuple(answer)) if answer else None


def _return_path(
    mail: ParsedMail, notice: Notice, found: ReturnedMail, delimiters: Delimiters | None
) -> tuple[str, tuple[str, str] | None]:
    """Return the address that a mail came to, and campaign and recipient in it."""
    to = came_to(mail)
    known = {each.lower() for entry in found.recipients for each in (entry.recipient, entry.original_recipient)}
    known.add(sent_to(mail, notice.quoted).lower())
    for address in (*to, *sent_from(mail, notice.quoted)):
        verp = decode_any(address, delimiters, known)
        if verp is not None:
            return address, verp
    return next(iter(to), ""), None


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
