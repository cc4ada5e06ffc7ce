"""VERP: a return-path of its own for every recipient, so that any report tells whom it is about.

The form is the one of qmail's and Postfix's VERP: the recipient's address behind a ``+``, its ``@`` as ``=``.
"""

from __future__ import annotations


def encode(campaign: str, recipient: str, domain: str) -> str:
    """Return the return-path for a recipient of a campaign."""
    local, _, host = recipient.rpartition("@")
    return f"{campaign}+{local}={host}@{domain}"


def encode_shared(campaign: str, number: int, domain: str) -> str:
    """Return the return-path of recipients who share a message, by the number of the first."""
    return f"{campaign}+{number}@{domain}"


def decode(return_path: str) -> tuple[str, str] | None:
    """Return campaign and recipient of a return-path, None for one that is not VERP or is shared by several."""
    local, at, _ = return_path.rpartition("@")
    campaign, plus, encoded = local.partition("+")
    name, equals, host = encoded.rpartition("=")
    if not (at and plus and equals and campaign and name and host):
        return None
    return campaign, f"{name}@{host}"
