"""VERP: every recipient has its own return-path, so that any report identifies its recipient.

The form is that of qmail and Postfix: the recipient's address after a ``+``, with ``=`` in place of its ``@``.
"""

from __future__ import annotations


def encode(campaign: str, recipient: str, domain: str) -> str:
    """Return the return-path for a recipient of a campaign."""
    local, _, host = recipient.rpartition("@")
    return f"{campaign}+{local}={host}@{domain}"


def encode_shared(campaign: str, number: int, domain: str) -> str:
    """Return the return-path of recipients who share a message. ``number`` is that of the first recipient."""
    return f"{campaign}+{number}@{domain}"


def decode(return_path: str) -> tuple[str, str] | None:
    """Return campaign and recipient of a return-path; None if it is not VERP or is shared."""
    local, at, _ = return_path.rpartition("@")
    campaign, plus, encoded = local.partition("+")
    name, equals, host = encoded.rpartition("=")
    if not (at and plus and equals and campaign and name and host):
        return None
    return campaign, f"{name}@{host}"
