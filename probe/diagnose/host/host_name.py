"""The target HOST, HOST:PORT or [IPv6]:PORT of ``diagnose``."""

from __future__ import annotations

import ipaddress
import re
from typing import Final, NamedTuple

from probe.input_error import InputError

SMTP_PORT: Final = 25
LOCALHOST: Final = "localhost"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?=.{{1,253}}$){_LABEL}(?:\.{_LABEL})+")
_BRACKETED: Final = re.compile(r"\[([^\[\]]*)\](?::(.*))?")
_REMEDY: Final = "write for example 127.0.0.1:2525, mx.acme.example or [::1]:25"


class Host(NamedTuple):
    """A host name in lower case or an IP address, and a port."""

    name: str
    port: int = SMTP_PORT

    @property
    def address(self) -> str | None:
        """The IP address if the host is named by it; ``localhost`` is 127.0.0.1."""
        return "127.0.0.1" if self.name == LOCALHOST else ip_or_none(self.name)


def names_host(text: str) -> bool:
    """Whether a target that is no file reads as a host: it has a dot or a colon, or is ``localhost``."""
    return not text.endswith(".toml") and "/" not in text and (text == LOCALHOST or "." in text or ":" in text)


def parse_host(text: str, default_port: int = SMTP_PORT) -> Host:
    """Return the host of a target; raises InputError."""
    bracketed = _BRACKETED.fullmatch(text)
    if bracketed is not None:
        name, port = bracketed[1], bracketed[2]
        is_right = ":" in name and is_host_name(name)
    elif text.count(":") > 1:
        name, port = text, None
        is_right = is_host_name(name)
    else:
        name, colon, rest = text.partition(":")
        name, port = name.lower().rstrip("."), rest if colon else None
        is_right = is_host_name(name)
    if not is_right:
        raise InputError(text, "is not a host", _REMEDY)
    if port is None:
        return Host(ip_or_none(name) or name, default_port)
    if not (re.fullmatch(r"[0-9]{1,5}", port) and 0 < int(port) < 65_536):
        raise InputError(text, f"{port!r} is not a port", _REMEDY)
    return Host(ip_or_none(name) or name, int(port))


def is_host_name(name: str) -> bool:
    """Whether it is the IP address of one host, ``localhost``, or a name with two labels or more (RFC 1123 2.1)."""
    address = ip_or_none(name)
    if address is not None:
        return is_of_one_host(address)
    if name == LOCALHOST:
        return True
    return _NAME.fullmatch(name) is not None and not name.rpartition(".")[2].isdecimal()


def ip_or_none(text: str) -> str | None:
    """Return an IP address in its usual form, None for anything else, also for one with a zone (fe80::1%eth0).

    An IPv4 address in the form of IPv6 (RFC 4291 section 2.5.5.2) is the IPv4 address: both are the same server.
    """
    try:
        ip = ipaddress.ip_address(text.replace("%", " "))
    except ValueError:
        return None
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def is_of_one_host(address: str) -> bool:
    """Whether an IP address is of one host: not of a group, of no host at all (0.0.0.0), or reserved."""
    ip = ipaddress.ip_address(address)
    return ip.is_loopback or not (ip.is_multicast or ip.is_unspecified or ip.is_reserved)
