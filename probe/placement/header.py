"""What the header of a seed's message says: which campaign it is of, and which IP address it came from."""

from __future__ import annotations

import ipaddress
import re
from email.parser import BytesHeaderParser
from email.policy import compat32
from typing import Final, NamedTuple

_OWN: Final = [
    ipaddress.ip_network(each)
    for each in ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
]
"""Networks of no public address (RFC 1918, RFC 6598, RFC 4193)."""
_IN_BRACKETS: Final = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]")
_VARIANT: Final = re.compile(r"([^;]*?)\s*(?:;\s*variant\s*=\s*([^;]*?)\s*)?$")
_MOST: Final = 2000
"""Characters of a header field that are read."""


class Told(NamedTuple):
    """What a header tells: campaign, content, and the IP address that handed the message to the provider."""

    campaign: str
    variant: str
    source: str


def told(header: bytes, field: str) -> Told:
    """Read a header, in which ``field`` names the campaign, such as ``spring`` or ``spring; variant=b``.

    The uppermost field Received that has an IP address in brackets names the one that the message came from (RFC 5321
    section 4.4). Addresses of loopback and private networks are the provider's own.
    """
    parsed = BytesHeaderParser(policy=compat32).parsebytes(header)
    named = _VARIANT.match(_line(parsed.get(field)))
    received = (_line(each) for each in parsed.get_all("Received", ()))
    source = next((address for each in received if (address := _source(each)) is not None), "")
    return Told(named[1], named[2] or "", source) if named else Told("", "", source)


def _line(value: object) -> str:
    return " ".join(str(value or "")[:_MOST].split())


def _source(received: str) -> str | None:
    """Return the first IP address of a field Received that is none of the provider's own."""
    for written in _IN_BRACKETS.findall(received.partition(" by ")[0]):
        try:
            ip = ipaddress.ip_address(written)
        except ValueError:
            continue
        if not (ip.is_loopback or ip.is_link_local or any(ip in network for network in _OWN)):
            return str(ip)
    return None
