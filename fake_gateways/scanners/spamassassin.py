"""Asks SpamAssassin's spamd (svn.apache.org spamassassin/trunk/spamd/PROTOCOL).

The protocol takes a dozen lines. The asyncio client for it, aiospamc, requires an older typer than our command line.
"""

from __future__ import annotations

import asyncio
import re
from typing import Final

from fake_gateways.verdict import UNANSWERED, Answer, Scan

PATIENCE_S: Final = 60.0
MAX_OCTETS: Final = 64 * 1024
_SPAM: Final = re.compile(rb"^spam:\s*(?:true|false|yes|no)\s*;\s*(-?\d+(?:\.\d+)?)\s*/", re.IGNORECASE | re.MULTILINE)


class SpamAssassin:
    """A spamd on a TCP port. Its answer has one record, the points."""

    def __init__(self, host: str, port: int) -> None:
        self._host = host
        self._port = port

    async def is_there(self) -> bool:
        """Whether the scanner answers."""
        return b"PONG" in await self._ask(b"PING SPAMC/1.5\r\n\r\n")

    async def __call__(self, scan: Scan) -> Answer:
        """Return the points of a message; ``failed`` if there is no valid answer."""
        head = b"CHECK SPAMC/1.5\r\nContent-length: %d\r\n\r\n" % len(scan.content)
        found = _SPAM.search(await self._ask(head + scan.content))
        return UNANSWERED if found is None else Answer((found[1].decode(),), ttl_s=0.0)

    async def _ask(self, octets: bytes) -> bytes:
        """Send a request and return the response; empty if there is none, or if it is too long."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                try:
                    writer.write(octets)
                    await writer.drain()
                    response = await reader.read(MAX_OCTETS)
                    while piece := await reader.read(MAX_OCTETS):
                        response += piece
                        if len(response) > MAX_OCTETS:
                            return b""
                    return response
                finally:
                    writer.close()
        except (OSError, TimeoutError):
            return b""
