"""The mail server behind the return-paths: accepts delivery reports and other returned mail."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final

from aiosmtpd.smtp import SMTP, Envelope, Session

from fake_gateways.loopback import Network, require_inside
from fake_gateways.start_server import started

MAX_OCTETS: Final = 10_000_000
IDLE_S: Final = 300.0
"""RFC 5321 section 4.5.3.2.7: a server waits five minutes for the next command."""
Accept = Callable[[str, bytes], None]


class _AnyLines(SMTP):
    """Takes lines beyond the 1,000 octets of RFC 5321 section 4.5.3.1.6: reports quote them, and come only once."""

    line_length_limit = MAX_OCTETS


class _Handler:
    """Accepts every recipient of the return-path's domain."""

    def __init__(self, domain: str, accept: Accept) -> None:
        self._domain = domain
        self._accept = accept

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's names
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Accept mail to return-paths, and relay nothing."""
        del server, session, options
        if address.rpartition("@")[2].lower() != self._domain:
            return "550 5.7.1 Only return-paths are taken here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Pass a message on, once for each return-path it is addressed to."""
        del server, session
        content = envelope.original_content or b""
        for address in envelope.rcpt_tos:
            self._accept(address, content)
        return "250 2.0.0 Ok"

    async def handle_exception(self, error: Exception) -> str:
        """Report a fault of ours. aiosmtpd would log it, and tell nobody but the client."""
        asyncio.get_running_loop().call_exception_handler({"message": "a message was not kept", "exception": error})
        return "451 4.3.0 The message was not kept"


async def listen(
    domain: str,
    accept: Accept,
    *,
    address: str,
    port: int = 0,
    allowed: Sequence[Network] = (),
    idle_s: float = IDLE_S,
    keep: Callable[[SMTP], None] = lambda _: None,
) -> asyncio.Server:
    """Listen; ``accept`` gets return-path and content of each message. Port 0 takes a free port.

    A client that is silent for ``idle_s`` real seconds is sent away. ``keep`` gets every connection.
    Raises OutsideError for an address beyond loopback and ``allowed``, and OSError for a port in use.
    """
    require_inside(address, allowed)

    def protocol() -> Any:
        new = _AnyLines(
            _Handler(domain, accept),
            data_size_limit=MAX_OCTETS,
            hostname=f"mx.{domain}",
            enable_SMTPUTF8=True,
            timeout=idle_s,
        )
        keep(new)
        return new

    loop = asyncio.get_running_loop()
    return await started(await loop.create_server(protocol, address, port, start_serving=False))
