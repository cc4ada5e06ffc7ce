"""Reports for people alone: who is named as undeliverable, and the words beside the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flufl.bounce import all_failures

from probe.returned_mail.about import About, is_recipient
from probe.returned_mail.parts import Parts
from probe.returned_mail.replies import Said, replies

MAX_WORDS: Final = 60_000
"""Characters of prose that are read: more is a quoted message whose beginning was not recognised."""
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])")
_SERVERS: Final = re.compile(
    r"(?:postmaster|mailer-?daemon|mail-?daemon|abuse|root|support|helpdesk|noreply|no-reply)@", re.IGNORECASE
)
_LABELLED: Final = re.compile(
    r"(?:^[ \t]{0,8}(?:RCPT TO|recipient(?: address)?)\s{0,3}:\s{0,3}|(?:mail|message) to )"
    r"<?([^\s<>;,\"()]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,251}[A-Za-z0-9])",
    re.IGNORECASE | re.MULTILINE,
)
_IDS: Final = re.compile(r"^message-id:\s{0,3}<([^<>\s]{1,320})>", re.IGNORECASE | re.MULTILINE)
_BEHIND: Final = 700
"""How far behind a name its diagnostic may stand."""


def read_prose(parts: Parts) -> tuple[About, ...]:
    """Return who could not be reached, by a header, by flufl.bounce's layouts, or by the words themselves."""
    words = parts.words[:MAX_WORDS]
    named = _named(parts, words)
    found = replies(words)
    return tuple(_about(recipient, words, found, is_alone=len(named) == 1) for recipient in named)


def _named(parts: Parts, words: str) -> list[str]:
    failed = [each.strip() for each in parts.get("X-Failed-Recipients").split(",")]
    if any(map(is_recipient, failed)):
        return list(dict.fromkeys(filter(is_recipient, failed)))
    ours = {*_ours(parts), *(each.lower() for each in _IDS.findall(f"{words}\n{parts.original}"))}
    for candidates in (_by_layout(parts), _LABELLED.findall(words), _by_words(words)):
        kept = dict.fromkeys(each for each in candidates if is_recipient(each) and each.lower() not in ours)
        if kept:
            return list(kept)
    return []


def _by_layout(parts: Parts) -> list[str]:
    """Ask flufl.bounce, which knows the layouts of a few dozen systems."""
    try:
        temporary, permanent = all_failures(parts.header)
    except Exception:  # noqa: BLE001 - it trips over broken messages in many ways, and then knows nothing
        return []
    names = {each.decode("ascii", "replace") for each in (*temporary, *permanent)}
    return sorted(names)


def _ours(parts: Parts) -> Iterator[str]:
    """Yield the addresses that stand in the report's own header: its writer, and whom it is for."""
    for name in ("From", "To", "Cc", "Reply-To", "Return-Path", "Sender", "Delivered-To", "Errors-To"):
        yield from (each.lower() for each in _ADDRESS.findall(parts.get(name)))


def _by_words(words: str) -> Iterator[str]:
    """Yield what looks like an address, save for those of servers and what is called an id."""
    for found in _ADDRESS.finditer(words):
        address = found[0].strip("'.")
        label = words[max(0, found.start() - 14) : found.start()].lower().rstrip(" <")
        if not _SERVERS.match(address) and not label.endswith(("id:", "id=")):
            yield address


def _about(recipient: str, words: str, found: list[Said], *, is_alone: bool) -> About:
    """Find the reply that belongs to a recipient: the first behind its name, or any if nobody else is named."""
    at = words.lower().find(recipient.lower())
    behind = [said for said in found if at >= 0 and at <= said.at <= at + _BEHIND]
    around = behind or ([said for said in found if at >= 0 and 0 <= at - said.at <= _BEHIND] if not is_alone else found)
    coded = next((said for said in around if said.code is not None), None)
    stated = next((said for said in around if said.status is not None), None)
    chosen = coded or stated
    status = (coded.status if coded else None) or (stated.status if stated else None)
    code = coded.code if coded else None
    text = chosen.text if chosen else _paragraph(words, at, recipient)
    return About(recipient, None, status, code, " ".join(text.split())[:1000])


def _paragraph(words: str, at: int, recipient: str) -> str:
    """Return what stands beside a name: the rest of its line, or the next lines that say something."""
    if at < 0:
        return ""
    behind = words[at + len(recipient) : at + _BEHIND].lstrip(">: \t")
    return " ".join(behind.split("\n\n")[0].split())
