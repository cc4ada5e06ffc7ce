"""To whom mail went: the addresses that a returned mail came to, and those in the header of the original message."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from probe.returned_mail.diagnostic import ADDRESS, is_plausible
from probe.returned_mail.mime import ParsedMail

_CAME_TO: Final = (
    "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to", "x-real-to",
    "x-forwarded-to", "apparently-to", "to",
)  # fmt: skip
"""Fields that servers and mailboxes write with the address that a mail came to. Each may come several times."""
_FOR: Final = re.compile(rf"\bfor <?({ADDRESS})>?(?:;|$|\s)", re.IGNORECASE)
_SENT_FROM: Final = re.compile(
    r"^[ \t>]{0,9}(?:Return-Path|Original-Mail-From|X-Envelope-From|X-Postfix-Sender|X-Env-Sender|Errors-To|Sender)"
    rf"[ \t]{{0,9}}:[ \t]{{0,9}}(?:rfc822;[ \t]{{0,9}})?<?({ADDRESS})",
    re.IGNORECASE | re.MULTILINE,
)
_ENVELOPE_FROM: Final = re.compile(rf"\benvelope-(?:from|sender)[ =]<?({ADDRESS})", re.IGNORECASE)
_SENT_TO: Final = re.compile(
    r"^[ \t>]{0,9}(?:Envelope-To|X-Envelope-To|X-Rcpt-To|X-Original-To|X-Receiver)[ \t]{0,9}:[ \t]{0,9}(.{1,900})",
    re.IGNORECASE | re.MULTILINE,
)
_OF_THE_SENDER: Final = re.compile(
    r"^[ \t>]{0,9}(?:From|Sender|Reply-To|Return-Path|List-Post|List-Id|Mailing-List)[ \t]{0,9}:[ \t]{0,9}(.{1,900})",
    re.IGNORECASE | re.MULTILINE,
)
_TO: Final = re.compile(
    r"^[ \t>]{0,9}(?:To|Cc)[ \t]{0,9}:[ \t]{0,9}(.{1,900}(?:\n[ \t]{1,9}\S.{0,900}){0,50})",
    re.IGNORECASE | re.MULTILINE,
)
_ADDRESS: Final = re.compile(ADDRESS)
_FIELD_BEGINS: Final = re.compile(r"^[ \t>]{0,9}[A-Za-z][\w-]{1,40}[ \t]{0,9}:", re.MULTILINE)
_BLANK_LINE: Final = re.compile(r"\n[ \t>]{0,9}\n")
_MAX_HEADER: Final = 64 * 1024


def came_to(mail: ParsedMail) -> list[str]:
    """Return the addresses that a mail came to by its header, each once; those of its delivery first."""
    found = [address for name in _CAME_TO for value in mail.values(name) for address in _ADDRESS.findall(value)]
    found += [address for value in mail.values("received") for address in _FOR.findall(value)]
    return list(dict.fromkeys(filter(is_plausible, found)))


def sent_from(mail: ParsedMail, quoted: str) -> list[str]:
    """Return the return-paths of the original message, by its header or by a report's fields."""
    texts = [*_headers(mail, quoted), *(part.text[:_MAX_HEADER] for part in mail.parts)]
    found = [address for text in texts for pattern in (_SENT_FROM, _ENVELOPE_FROM) for address in pattern.findall(text)]
    return list(dict.fromkeys(filter(is_plausible, found)))


def sent_to(mail: ParsedMail, quoted: str) -> str:
    """Return the only recipient in the header of the original message; empty if there is none, or more than one.

    An address of the sender, or of a mailing list, is nobody's to whom one message went.
    """
    for header in _headers(mail, quoted):
        own = {each.lower() for value in _OF_THE_SENDER.findall(header) for each in _ADDRESS.findall(value)}
        for pattern in (_SENT_TO, _TO):
            named = {
                address.lower(): address
                for value in pattern.findall(header)
                for address in _ADDRESS.findall(value)
                if is_plausible(address)
            }
            if len(named) == 1 and not own & named.keys():
                return str(*named.values())
            if named:
                return ""
    return ""


def _headers(mail: ParsedMail, quoted: str) -> Iterator[str]:
    """Yield the header of the original message, wherever the report has it."""
    parts = (part.text for part in mail.parts if part.type == "text/rfc822-headers")
    for text in (mail.original, *parts, quoted):
        begins = _FIELD_BEGINS.search(text)
        if begins is not None:
            yield _BLANK_LINE.split(text[begins.start() :][:_MAX_HEADER], maxsplit=1)[0]
