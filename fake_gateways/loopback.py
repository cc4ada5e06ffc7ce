"""The fence: mail and questions stay on this machine unless somebody names another network."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


class OutsideError(Exception):
    """An address beyond loopback that no allow list names."""

    def __reduce__(self) -> tuple[type[OutsideError], tuple[str]]:
        """Let it travel from a worker process."""
        return OutsideError, (self.address,)

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(
            f"{address} is not a loopback address, and nothing may leave this machine; "
            "name its network with --allow-network if it is a test network of yours"
        )


def require_inside(address: str, allowed: Sequence[Network] = ()) -> None:
    """Raise OutsideError before any socket is opened to or on an address outside loopback and the allowed networks.

    A host name is outside: only addresses can be judged.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        raise OutsideError(address) from None
    if not ip.is_loopback and not any(ip in network for network in allowed):
        raise OutsideError(address)
