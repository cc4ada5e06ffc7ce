"""Who wrote a mail that came back: a mail system, or a person who writes about deliveries.

A person answers bounces, forwards them, and complains about parcels that never arrived. What a person writes or pastes
is no report; one that is attached is.
"""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.mime import ParsedMail

_DAEMONS: Final = re.compile(
    r"mailer[-_. ]?daemon|post[-_]?master|mail(?: |er)?deliver|delivery (?:sub)?system|mail router|mdaemon|^<>$"
    r"|mail administrator|ndr administrator|microsoftexchange[0-9a-f]{8}",
    re.IGNORECASE,
)
_NEVER_PEOPLE: Final = re.compile(
    r"mailer[-_. ]?daemon|mail ?deliver|delivery (?:sub)?system|^<>$|microsoftexchange[0-9a-f]{8}", re.IGNORECASE
)
_ROBOTS: Final = re.compile(r"\b(?:no|do[-_.]?not|non)[-_.]?(?:reply|repondre)\b", re.IGNORECASE)
_ANSWER: Final = re.compile(
    r"^\W{0,9}(?:re|aw|sv|antw|odp|vs|ynt|res|rif|r|回复|答复|回覆|返信)\W{0,3}(?:\[\d+\])?[:\uff1a]", re.IGNORECASE
)
_FORWARD: Final = re.compile(
    r"^\W{0,9}(?:fwd?|wg|tr|rv|enc|i|pd|vb|vl|doorst|転送|转发)\W{0,3}[:\uff1a]", re.IGNORECASE
)
_ABOUT_DELIVERY: Final = re.compile(
    r"undeliver|(?:delivery|mail).{0,20}(?:fail|error|status|problem|delay)|returned (?:e?-?mail|to sender)"
    r"|failure notice|could not be delivered|unzustellbar|nicht zustellbar|non remis|no entregado"
    r"|bounce notification|non[- ]?deliver|delivery (?:incomplete|notification)|rejected (?:e?-?mail|message)"
    r"|^warning: (?:message|could not)",
    re.IGNORECASE,
)
_PASTED: Final = re.compile(
    r"^[ \t>*]{0,9}(?:"
    r"-{2,30} ?(?:Forwarded (?:message|mail)|Weitergeleitete (?:Nachricht|E-?Mail)|Message (?:transféré|réexpédié)"
    r"|Mensaje reenviado|Messaggio inoltrato|Doorgestuurd bericht|Mensagem encaminhada|Пересылаемое сообщение"
    r"|転送メッセージ|转发邮件)"
    r"|Begin forwarded message|Anfang der weitergeleiteten|Début du message (?:réexpédié|transféré)"
    r"|Inicio del mensaje reenviado|Inizio messaggio inoltrato|Begin doorgestuurd bericht)",
    re.IGNORECASE | re.MULTILINE,
)
"""How mail programs begin a message that a person forwards as text."""


def is_from_daemon(mail: ParsedMail) -> bool:
    """Whether a mail system says that it wrote the mail, by its name or by a part for machines."""
    return _DAEMONS.search(mail.header.get("from", "")) is not None or has_delivery_status(mail)


def calls_itself_daemon(mail: ParsedMail) -> bool:
    """Whether the sender's name is one that no person has; people write as postmasters."""
    return has_delivery_status(mail) or _NEVER_PEOPLE.search(mail.header.get("from", "")) is not None


def has_delivery_status(mail: ParsedMail) -> bool:
    """Whether the mail has the part of a report that is for machines (RFC 3464)."""
    return any(part.type.endswith("delivery-status") for part in mail.parts)


def is_answer(mail: ParsedMail) -> bool:
    """Whether the subject is that of an answer."""
    return _ANSWER.match(mail.header.get("subject", "")) is not None


def is_answer_of_a_person(mail: ParsedMail) -> bool:
    """Whether a person answered: by the subject, and nothing says that a mail system wrote it."""
    return not calls_itself_daemon(mail) and is_answer(mail)


def is_about_delivery(mail: ParsedMail) -> bool:
    """Whether the subject speaks of a delivery."""
    return _ABOUT_DELIVERY.search(mail.header.get("subject", "")) is not None


def is_from_program(mail: ParsedMail) -> bool:
    """Whether no person wrote the mail: it has no return-path (RFC 5321 section 4.5.5), or nobody reads an answer."""
    header = mail.header
    return (
        is_from_daemon(mail)
        or is_from_nobody(mail)
        or header.get("return-path", "") == "<>"
        or is_robot(mail)
        or header.get("auto-submitted", "no").lower().startswith("auto")
    )


def is_from_nobody(mail: ParsedMail) -> bool:
    """Whether a mail names no sender. Some copies of reports have lost their header."""
    return mail.header.get("from", "") == ""


def is_robot(mail: ParsedMail) -> bool:
    """Whether nobody reads what is sent to the sender, by its name."""
    return _ROBOTS.search(mail.header.get("from", "")) is not None


def is_pasted_by_a_person(mail: ParsedMail, text: str) -> bool:
    """Whether a person forwards as text what may have been a report: by the subject, or by the line above it."""
    is_forward = _FORWARD.match(mail.header.get("subject", "")) is not None or _PASTED.search(text) is not None
    return is_forward and not is_from_program(mail) and "x-failed-recipients" not in mail.header
