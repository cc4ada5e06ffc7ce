"""Asks rspamd over HTTP (rspamd.com/doc/developers/protocol.html)."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from fake_gateways.verdict import UNANSWERED, Answer, Scan

if TYPE_CHECKING:
    import httpx

PATIENCE_S: Final = 30.0
MAX_OCTETS: Final = 1024 * 1024
"""The longest answer that is read; rspamd's are a few kilobytes."""


class Rspamd:
    """A normal worker of rspamd. Its answer has one record, the points."""

    def __init__(self, host: str, port: int) -> None:
        try:
            import httpx  # noqa: PLC0415 - the library is optional
        except ImportError:
            msg = "rspamd needs httpx, which is not installed"
            raise ImportError(msg) from None
        where = f"[{host}]" if ":" in host else host
        self._failures = httpx.HTTPError
        # Nothing in the environment may send the message elsewhere: no proxy, no redirect.
        self._client: Callable[[], httpx.AsyncClient] = partial(
            httpx.AsyncClient,
            base_url=f"http://{where}:{port}",
            timeout=PATIENCE_S,
            trust_env=False,
            follow_redirects=False,
        )

    async def is_there(self) -> bool:
        """Whether the scanner answers."""
        try:
            async with self._client() as client:
                return (await client.get("/ping")).is_success
        except self._failures:
            return False

    async def __call__(self, scan: Scan) -> Answer:
        """Return the points of a message; ``failed`` if there is no valid answer."""
        headers = {"IP": scan.peer_address, "Helo": scan.helo, "From": scan.return_path}
        headers_sent = [(name, _ascii(value)) for name, value in headers.items() if value]
        headers_sent += [("Rcpt", _ascii(recipient)) for recipient in scan.recipients]
        try:
            async with (
                self._client() as client,
                client.stream("POST", "/checkv2", content=scan.content, headers=headers_sent) as response,
            ):
                body = b""
                async for piece in response.aiter_bytes():
                    body += piece
                    if len(body) > MAX_OCTETS:
                        return UNANSWERED
                if not response.is_success:
                    return UNANSWERED
        except self._failures:
            return UNANSWERED
        return _read(body)


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _read(body: bytes) -> Answer:
    try:
        points = float(json.loads(body)["score"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return UNANSWERED
    return Answer((repr(points),), ttl_s=0.0)
