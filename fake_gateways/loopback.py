"""Keeps all traffic on this machine, unless the user allows another network."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class OutsideError(Exception):
    """An address that is neither on loopback nor in an allowed network."""

    def __reduce__(self) -> tuple[type[OutsideError], tuple[str]]:
        """Let it be pickled, for worker processes."""
        return OutsideError, (self.address,)

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"{address} is not a loopback address, and nothing may leave this machine; "
            "name its network with --allow-network if it is a test network of yours"
        )


def require_inside(address: str, allowed: Sequence[Network] = ()) -> None:
    """Raise OutsideError unless an address is on loopback or in an allowed network.

    Call this before opening a socket. Host names are refused, because only addresses can be checked.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        raise OutsideError(address) from None
    if not ip.is_loopback and not any(ip in network for network in allowed):
        raise OutsideError(address)
