"""VERP: every recipient has its own return-path, so that any report identifies its recipient.

Our own form is that of qmail and Postfix: the recipient's address after a ``+``, with ``=`` in place of its ``@``.
Other senders put a ``-`` before it, or marks of their own between campaign and recipient.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import is_address

NO_ADDRESSES: Final[frozenset[str]] = frozenset()


class Delimiters(NamedTuple):
    """What stands before the recipient in a return-path, and in place of its ``@``; as Postfix's verp_delimiters."""

    before: str = "+"
    at: str = "="


KNOWN: Final = (Delimiters("+", "="), Delimiters("-", "="))
_NO_VERP: Final = re.compile(r"(?:prvs|btv\d|ms?prvs\d?|srs[01])[=+-]", re.IGNORECASE)
"""How addresses begin that are signed or rewritten: BATV, SparkPost, SRS. They have ``=`` and no recipient of ours."""
_PROVIDERS: Final = re.compile(
    r"bounces?\+(?:[0-9a-f]{4,12}\.[0-9a-f]{1,12}|\d{3,12}-[0-9a-f]{4,8})-(?=.)", re.IGNORECASE
)
"""What Mailgun and SendGrid put before the recipient."""
_NO_NAMES: Final = frozenset({
    "bounce", "bounces", "bouncing", "owner", "return", "returns", "request", "errors", "error", "list", "lists",
    "news", "newsletter", "mail", "mailing", "mailer", "verp", "admin", "sender", "noreply", "campaign",
})  # fmt: skip
"""Words between hyphens that belong to the sender's part, as numbers do."""
_MARK: Final = re.compile(r"\d+|(?=[a-f]*\d)[0-9a-f]{4,40}|[\w.]{0,20}[._]\d[\w.]{0,40}", re.IGNORECASE)


def encode(campaign: str, recipient: str, domain: str) -> str:
    """Return the return-path for a recipient of a campaign."""
    local, _, host = recipient.rpartition("@")
    return f"{campaign}+{local}={host}@{domain}"


def encode_shared(campaign: str, number: int, domain: str) -> str:
    """Return the return-path of recipients who share a message. ``number`` is that of the first recipient."""
    return f"{campaign}+{number}@{domain}"


def decode(return_path: str) -> tuple[str, str] | None:
    """Return campaign and recipient of a return-path in our own form; None if it is not VERP or is shared."""
    local, at, _ = return_path.rpartition("@")
    campaign, plus, encoded = local.partition("+")
    name, equals, host = encoded.rpartition("=")
    if not (at and plus and equals and campaign and name and host):
        return None
    return campaign, f"{name}@{host}"


def decode_any(
    return_path: str, delimiters: Delimiters | None = None, known: AbstractSet[str] = NO_ADDRESSES
) -> tuple[str, str] | None:
    """Return campaign and recipient of any sender's return-path, None if it names no recipient.

    ``delimiters`` are the sender's; without them the common ones are tried. Where the recipient's local part begins may
    be open ("news-ann-marie"): an address of ``known``, in lower case, decides, else words and numbers of senders.
    """
    local, at, _ = return_path.rpartition("@")
    if not at or _NO_VERP.match(local):
        return None
    for each in (delimiters,) if delimiters else KNOWN:
        left, found, host = local.rpartition(each.at)
        left = left.removesuffix(each.at)  # Sympa doubles it
        if not found or "." not in host or not left or each.before not in left:
            continue
        campaign, name = _split(left, host.lower(), each.before, known)
        if campaign and is_address(f"{name}@{host}"):
            return campaign, f"{name}@{host}"
    return None


def _split(left: str, host: str, before: str, known: AbstractSet[str]) -> tuple[str, str]:
    """Return campaign and local part of what stands before the host."""
    parts = left.split(before)
    choices = [(before.join(parts[:number]), before.join(parts[number:])) for number in range(1, len(parts))]
    for campaign, name in choices:
        if f"{name}@{host}".lower() in known:
            return campaign, name
    provider = _PROVIDERS.match(left)
    if provider is not None:
        return left[: provider.end() - 1], left[provider.end() :]
    if before == "+":
        return choices[0]
    last = 1
    while last < len(choices) and (parts[last].lower() in _NO_NAMES or _MARK.fullmatch(parts[last])):
        last += 1
    return choices[last - 1]
