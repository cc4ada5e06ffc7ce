"""The MX of the return-path: takes whatever comes home, and hands it on."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from fake_gateways.loopback import Network, require_inside

MAX_OCTETS: Final = 10_000_000
Take = Callable[[str, bytes], None]


class _Handler:
    """Accepts every recipient of the return-path's domain."""

    def __init__(self, domain: str, take: Take) -> None:
        self._domain = domain
        self._take = take

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take mail for return-paths, and relay nothing."""
        del server, session, options
        if address.rpartition("@")[2].lower() != self._domain:
            return "550 5.7.1 Only return-paths are taken here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Hand a message on, once for each return-path it came to."""
        del server, session
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            self._take(address, content)
        return "250 2.0.0 Ok"


async def listen(
    domain: str, take: Take, *, address: str, port: int = 0, allowed: Sequence[Network] = ()
) -> asyncio.Server:
    """Listen; ``take`` gets return-path and content of each message.

    Raises OutsideError, and OSError for a port in use.
    """
    require_inside(address, allowed)

    def protocol() -> Any:
        return SMTP(_Handler(domain, take), data_size_limit=MAX_OCTETS, hostname=f"mx.{domain}", enable_SMTPUTF8=True)

    return await asyncio.get_running_loop().create_server(protocol, address, port)
