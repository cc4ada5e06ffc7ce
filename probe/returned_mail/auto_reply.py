"""Automatic answers: vacation notes, challenges, receipts (RFC 3834, RFC 8098).

The marks are those of RFC 3834, and of the programs that came before it: cPanel, CommuniGate, DTC, Exchange,
FirstClass, Gmail, Kana, Mailtraq, qmail, vacation(1). Sources: jpmckinney/multi_mail's page on autoresponders, Exim's
EximAutoReply, sisimai/p5-sisimai RFC3834, cfortune/PHP-Bounce-Handler, MS-OXCMAIL section 2.1.3.2.20.
"""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.authorship import is_about_delivery, is_answer, is_robot
from probe.returned_mail.automatic_subjects import is_automatic
from probe.returned_mail.diagnostic import ADDRESS, MAX_TEXT, is_plausible
from probe.returned_mail.mime import ParsedMail, one_line
from probe.returned_mail.model import RecipientEntry

_SAYS_NO: Final = ("", "no", "none", "false", "0")
_ANSWERED_BY_A_PROGRAM: Final = re.compile(
    r"auto[-_]?(?:repl(?:y|ied)|respon[ds]|answer|generated|submit)|holiday-?reply|vacation|machine-?generated"
    r"|out-?of-?office|^x-away$|loop-prevention|x-otrs-loop"
    r"|x-cron-env|x-ms-exchange-inbox-rules-loop|x-ebay-mailtracker|x-maxcode-template|x-facebook-notify"
)
"""Names of fields that say so with any value but "no"."""
_VALUES: Final = {
    "precedence": re.compile(r"auto[-_ ]?reply|bulk|junk|list"),
    "x-precedence": re.compile(r"auto[-_ ]?reply|bulk|junk|list"),
    "preference": re.compile(r"auto[-_ ]?reply"),
    "x-auto-response-suppress": re.compile(r"\b(?:all|oof|autoreply|n?dr|n?rn)\b"),
    "x-fc-machinegenerated": re.compile(r"true|yes|1"),
    "x-post-messageclass": re.compile(r"autoresponder"),
    "x-uv-mailing": re.compile(r"auto_response"),
    "x-ms-exchange-generated-message-source": re.compile(r"."),
    "x-amazon-mail-relay-type": re.compile(r"notification"),
    "x-loop": re.compile(r"auto"),
    "delivered-to": re.compile(r"^autorespond"),
    "x-mailer": re.compile(r"vacation|auto-?(?:respon|reply)|kana response"),
    "user-agent": re.compile(r"vacation|auto-?(?:respon|reply)"),
    "from": re.compile(r"via the vacation program|(?:auto-?repl(?:y|ies)|auto-?respon(?:d|der|se)|vacation)@"),
}
"""Fields that say so with certain values."""
_LISTS: Final = ("list-id", "list-unsubscribe", "list-post")
_FIRST_WORDS: Final = re.compile(
    r"\b(?:this is|dies ist|ceci est|c'est|esta es|questa è|esta é|dit is|to jest|это)\b.{0,30}"
    r"\bauto(?:mat|-?gener|-?repl|-?respon|-?svar)|автоматич"
    r"|自動(?:返信|応答|送信)|自动(?:回复|答复)|자동 ?(?:회신|응답)"
    r"|\bauto-?reply message from|\bi(?:'m| am| will be)\b.{0,30}\b(?:out of (?:the )?office|away from (?:the|my)"
    r"|on vacation|on leave)"
    r"|\bich bin\b.{0,60}\b(?:nicht im (?:büro|haus)|abwesend|im urlaub|nicht erreichbar)"
    r"|\bje suis\b.{0,30}\babsente?\b"
    r"|\bestoy\b.{0,30}\bfuera de (?:la )?oficina|\bsono\b.{0,30}\bfuori (?:ufficio|sede)"
    r"|\bestou\b.{0,30}\bfora do escrit"
    r"|\bik ben\b.{0,40}\bafwezig",
    re.IGNORECASE,
)
_FIRST: Final = 500
"""Characters in which the text of an answer says that a program wrote it."""
_ADDRESS: Final = re.compile(ADDRESS)
_REFERENCE: Final = re.compile(r"<[^<>\s]{1,900}>")


def read_auto_reply(mail: ParsedMail) -> list[RecipientEntry] | None:
    """Return an entry for the address that answered, an empty list if it is unknown; None for other mail."""
    text = one_line(mail.parts[0].text[:MAX_TEXT]) if mail.parts else ""
    says_so = _FIRST_WORDS.search(text[:_FIRST]) is not None and not is_about_delivery(mail)
    if not (says_so or _is_marked(mail) or says_automatic(mail)):
        return None
    found = _ADDRESS.findall(mail.header.get("from", ""))
    # The address comes last; a display name before it may look like an address.
    return [RecipientEntry(found[-1], text=text)] if found and is_plausible(found[-1]) else []


def says_automatic(mail: ParsedMail) -> bool:
    """Whether the subject of a mail says that it is an automatic answer."""
    return any(is_automatic(mail.header.get(name, "")) for name in ("subject", "thread-topic"))


def is_by_inbox_rule(mail: ParsedMail) -> bool:
    """Whether a rule of somebody's mailbox in Exchange sent a mail."""
    return "x-ms-exchange-inbox-rules-loop" in mail.header


def _is_marked(mail: ParsedMail) -> bool:
    """Whether a field of the header, or a part, shows that a program answered."""
    header = mail.header
    if any(part.type == "text/disposition-notification" for part in mail.parts):
        return True
    for name, value in header.items():
        said = value.lower()
        if name in _VALUES:
            # What comes by a list or as a newsletter is bulk, and answers nobody.
            is_bulk = "precedence" in name and any(each in header for each in _LISTS)
            if _VALUES[name].search(said) and not is_bulk:
                return True
        elif _ANSWERED_BY_A_PROGRAM.search(name) and said not in _SAYS_NO:
            return True
    is_answered = replied_to_id(mail) != "" or is_answer(mail)
    return is_answered and (header.get("return-path", "") == "<>" or is_robot(mail))


def replied_to_id(mail: ParsedMail) -> str:
    """Return the Message-ID that a mail replies to, empty if it has none (RFC 5322 section 3.6.4)."""
    references = [
        *_REFERENCE.findall(mail.header.get("references", "")),
        *_REFERENCE.findall(mail.header.get("in-reply-to", "")),
    ]
    return references[-1] if references else ""
