"""Mail that comes back to a sender, read: delivery reports in every layout, complaints, automatic answers.

What the mail does not say is not made up: a recipient or status that is returned stands in the mail.
"""

from __future__ import annotations

import html
import re
from email.message import Message
from typing import Final

from flufl.bounce import all_failures

from probe.returned_mail.arf import read_feedback
from probe.returned_mail.auto_reply import answered, read_auto_reply
from probe.returned_mail.diagnostic import ADDRESS, is_general, plausible
from probe.returned_mail.layouts import Notice, cut, message_id_in, read_anything, read_text, said_about
from probe.returned_mail.mime import Mail, open_mail
from probe.returned_mail.model import MAX_RECIPIENTS, About, Action, Kind, ReturnedMail
from probe.returned_mail.rfc3464 import read_fields

__all__ = ["About", "Action", "Kind", "ReturnedMail", "read"]

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
"""Characters that flufl.bounce is given: on a line of no end its expressions take quadratic time."""
_MAX_GUESSED_LINE: Final = 200


def read(octets: bytes) -> ReturnedMail:
    """Read a mail that came back, whatever it holds; raises nothing. Only the first MiB is read."""
    mail = open_mail(octets)
    subject = mail.header.get("subject", "")
    notice = cut(_text_for_people(mail))
    message_id = _message_id(mail, notice)
    complaint = read_feedback(mail)
    if complaint is not None:
        return ReturnedMail(Kind.COMPLAINT, tuple(complaint), message_id, subject)
    about = _reported(mail, notice)
    if about:
        return ReturnedMail(Kind.REPORT, tuple(about), message_id, subject)
    answer = None if _is_by_a_daemon(mail) else read_auto_reply(mail)
    if answer is not None:
        return ReturnedMail(Kind.AUTO_REPLY, tuple(answer), message_id, subject)
    is_report = message_id and _is_of_delivery(mail)
    return ReturnedMail(Kind.REPORT if is_report else Kind.UNREADABLE, (), message_id, subject)


def _reported(mail: Mail, notice: Notice) -> list[About]:
    """Return what a report says: by its part for machines, by its header, by its text, in this order."""
    fields = _fields(mail)
    if fields:
        # Where the text lists several before it says anything, the last would get the words of all.
        return _completed(fields, notice, by_place=len(fields) == 1)
    failed = [each for each in dict.fromkeys(_ADDRESS.findall(mail.header.get("x-failed-recipients", "")))
              if plausible(each)][:MAX_RECIPIENTS]  # fmt: skip
    if failed:
        return _completed([About(each) for each in failed], notice, by_place=True)
    about = read_text(notice)
    if not about and _is_of_delivery(mail):
        strangers = frozenset(
            each.lower() for name in _OF_THE_REPORT for each in _ADDRESS.findall(mail.header.get(name, ""))
        )
        about = said_about(notice, _guessed(mail, notice, strangers)) or read_anything(notice, strangers)
    return _each_once(about)


def _fields(mail: Mail) -> list[About]:
    machine = [part for part in mail.parts if part.type.endswith("delivery-status")]
    found = [about for part in machine for about in read_fields(part.text)]
    if not found:
        # A receipt names a Final-Recipient, too (RFC 8098 section 3.2.4).
        other = [part for part in mail.parts if part.type != "text/disposition-notification"]
        found = next((read for part in other if (read := read_fields(part.text))), [])
    if not found:
        # A report forwarded as an attachment.
        inner = [part for part in mail.enclosed if part.type.endswith("delivery-status")]
        found = [about for part in inner for about in read_fields(part.text)]
    return _each_once(found)


def _completed(about: list[About], notice: Notice, *, by_place: bool) -> list[About]:
    """Fill in from the text for people what the fields for machines keep back.

    Words belong to a recipient by a known layout, or ``by_place``, where they stand behind the address.
    """
    if all(each.action and each.status and each.code and each.text for each in about):
        return about
    near = said_about(notice, [each.recipient for each in about]) if by_place else []
    told = {each.recipient: each for each in (*near, *read_text(notice))}
    return [_filled(each, told.get(each.recipient, each)) for each in about]


def _filled(each: About, told: About) -> About:
    return each._replace(
        action=each.action or told.action,
        status=told.status or each.status if is_general(each.status) else each.status,
        code=each.code or told.code,
        text=each.text or told.text,
    )


def _each_once(about: list[About]) -> list[About]:
    """Return each recipient once, as the most telling of the entries has it."""
    best: dict[str, About] = {}
    for each in about:
        key = each.recipient.lower()
        if key not in best or (best[key].status is None and each.status is not None):
            best[key] = each
    return list(best.values())[:MAX_RECIPIENTS]


def _guessed(mail: Mail, notice: Notice, strangers: frozenset[str]) -> list[str]:
    """Return the recipients that flufl.bounce finds in the text, whose layouts are many and old."""
    message = Message()
    # Without an address here one of its detectors raises IndexError.
    message["From"] = next(iter(_ADDRESS.findall(mail.header.get("from", ""))), "mailer-daemon@unknown.invalid")
    lines = notice.text[:_MAX_GUESSED].split("\n")
    message.set_payload("\n".join(line for line in lines if len(line) <= _MAX_GUESSED_LINE))
    try:
        delayed, failed = all_failures(message)
    except (ValueError, LookupError, TypeError, AttributeError):
        return []
    whole = {each.rstrip(".") for each in _ADDRESS.findall(notice.text)}
    found = {each.decode("ascii", "replace") for each in delayed | failed} & whole
    return sorted(each for each in found if plausible(each) and each.lower() not in strangers)


def _is_by_a_daemon(mail: Mail) -> bool:
    return _DAEMONS.search(mail.header.get("from", "")) is not None or any(
        part.type.endswith("delivery-status") for part in mail.parts
    )


def _is_of_delivery(mail: Mail) -> bool:
    return _is_by_a_daemon(mail) or _ABOUT_DELIVERY.search(mail.header.get("subject", "")) is not None


def _text_for_people(mail: Mail) -> str:
    for part in mail.parts:
        if part.type == "text/html":
            return html.unescape(_TAG.sub("\n", part.text))
        if part.text.strip() and not part.type.endswith(("delivery-status", "rfc822-headers", "notification")):
            return part.text
    return ""


def _message_id(mail: Mail, notice: Notice) -> str:
    """Return the original's Message-ID, wherever the original is: enclosed, a header, quoted, only referred to."""
    headers = (part.text for part in mail.parts if part.type == "text/rfc822-headers")
    rest = (part.text for part in mail.parts if part.type != "text/rfc822-headers")
    for text in (mail.original, *headers, notice.quoted, *rest):
        if found := message_id_in(text):
            return found
    return answered(mail)
