"""Reads mail that came back to a sender: delivery reports in any layout, complaints, automatic answers.

Nothing is guessed: every recipient and status that is returned is in the mail.
"""

from __future__ import annotations

import html
import re
from typing import Final

from probe.records.returned import ReturnedKind
from probe.returned_mail.arf import read_feedback
from probe.returned_mail.auto_reply import read_auto_reply, replied_to_id
from probe.returned_mail.layouts import Notice, message_id_in, split_notice
from probe.returned_mail.mime import ParsedMail, parse_mail
from probe.returned_mail.model import Action, RecipientEntry, ReturnedMail
from probe.returned_mail.report import read_report

__all__ = ["Action", "RecipientEntry", "ReturnedKind", "ReturnedMail", "read"]

_TAG: Final = re.compile(r"<[^<>]{0,1000}>")


def read(octets: bytes) -> ReturnedMail:
    """Read a returned mail with any content; raises nothing. Only the first MiB is read."""
    mail = parse_mail(octets)
    subject = mail.header.get("subject", "")
    notice = split_notice(_human_readable_text(mail), subject)
    message_id = _message_id(mail, notice)
    feedback = read_feedback(mail)
    if feedback is not None:
        return ReturnedMail(feedback[0], tuple(feedback[1]), message_id, subject)
    entries = read_report(mail, notice)
    if entries:
        return ReturnedMail(ReturnedKind.REPORT, tuple(entries), message_id, subject)
    answer = read_auto_reply(mail) if entries is None else None
    if answer is not None:
        return ReturnedMail(ReturnedKind.AUTO_REPLY, tuple(answer), message_id, subject)
    is_report = message_id and entries is not None
    return ReturnedMail(ReturnedKind.REPORT if is_report else ReturnedKind.UNREADABLE, (), message_id, subject)


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
