"""Real content filters that a content policy can ask instead of its own rules; optional."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fake_gateways.loopback import Network, require_inside
from fake_gateways.scanners.rspamd import Rspamd
from fake_gateways.scanners.spamassassin import SpamAssassin

Scanner = Rspamd | SpamAssassin
KINDS: Mapping[str, type[Scanner]] = {"rspamd": Rspamd, "spamassassin": SpamAssassin}


def connect(addresses: Mapping[str, tuple[str, int]], allowed: Sequence[Network] = ()) -> dict[str, Scanner]:
    """Return scanners by name, given host and port of each; raises OutsideError if one is not on this machine.

    Raises ImportError if a library is missing.
    """
    for host, _ in addresses.values():
        require_inside(host, allowed)
    return {name: KINDS[name](host, port) for name, (host, port) in addresses.items()}
