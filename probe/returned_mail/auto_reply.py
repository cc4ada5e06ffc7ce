"""Automatic answers: vacation notes, challenges, receipts (RFC 3834, RFC 8098)."""

from __future__ import annotations

import re
from typing import Final

from probe.returned_mail.diagnostic import ADDRESS, MAX_TEXT, is_plausible
from probe.returned_mail.mime import ParsedMail, one_line
from probe.returned_mail.model import RecipientEntry

_AUTOMATIC_FIELDS: Final = (
    "x-autoreply", "x-autorespond", "x-autoresponse", "x-autoreply-from", "x-auto-reply", "x-vacation",
    "x-mail-autoreply", "x-choice-autoreply",
)  # fmt: skip
_AUTOMATIC_SUBJECT: Final = re.compile(
    r"^(?:auto(?:matic|mated)? ?-?(?:reply|response)|auto(?:matische)? ?(?:antwort|reply)|auto:|out of (?:the )?office"
    r"|away|abwesen(?:d|heit)|r[ée]ponse automatique|respuesta autom[áa]tica|risposta automatica|resposta autom[áa]tica"
    r"|automatisch antwoord|autosvar|vacation|i am away|please confirm your (?:message|mail)|自動(?:返信|応答))",
    re.IGNORECASE,
)
_ADDRESS: Final = re.compile(ADDRESS)
_REFERENCE: Final = re.compile(r"<[^<>\s]{1,900}>")


def read_auto_reply(mail: ParsedMail) -> list[RecipientEntry] | None:
    """Return an entry for the address that answered, an empty list if it is unknown; None for other mail."""
    header = mail.header
    submitted = header.get("auto-submitted", "").lower()
    is_receipt = any(part.type == "text/disposition-notification" for part in mail.parts)
    if not (
        is_receipt
        or submitted.startswith("auto-replied")
        or (submitted.startswith("auto-generated") and replied_to_id(mail))
        or header.get("precedence", "").lower() == "auto_reply"
        or any(name in header for name in _AUTOMATIC_FIELDS)
        or _AUTOMATIC_SUBJECT.match(header.get("subject", ""))
    ):
        return None
    text = one_line(mail.parts[0].text[:MAX_TEXT]) if mail.parts else ""
    found = _ADDRESS.findall(header.get("from", ""))
    # The address comes last; a display name before it may look like an address.
    return [RecipientEntry(found[-1], text=text)] if found and is_plausible(found[-1]) else []


def replied_to_id(mail: ParsedMail) -> str:
    """Return the Message-ID that a mail replies to, empty if it has none (RFC 5322 section 3.6.4)."""
    references = [
        *_REFERENCE.findall(mail.header.get("references", "")),
        *_REFERENCE.findall(mail.header.get("in-reply-to", "")),
    ]
    return references[-1] if references else ""
