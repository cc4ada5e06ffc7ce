"""Splits a client's octets into command lines and message content (RFC 5321 2.3.8, 4.1.1.4, 4.5.2)."""

from __future__ import annotations

from typing import Final

from fake_gateways.smtp.command import MAX_LINE_OCTETS

_END: Final = b"\r\n.\r\n"
_PROXY_V2: Final = b"\r\n\r\n\0\r\nQUIT\n"
_PROXY_V1_OCTETS: Final = 107
_PROXY_OCTETS: Final = 4096
"""Addresses and the usual extensions need far less."""


class LineTooLongError(Exception):
    """A command line is longer than the limit; it was dropped up to its end."""


class BareLineFeedError(Exception):
    """A command line ends in LF without CR, as in SMTP smuggling."""


class ContentTooLargeError(Exception):
    """The content is larger than the size limit; it was dropped up to its end."""


class Framing:
    """Takes octets as they arrive; returns lines, or content after a 354.

    Only CRLF ends a line and only CRLF.CRLF ends the content, so nothing inside a message can pass for its end.
    """

    def __init__(self, size_limit: int) -> None:
        self._size_limit = size_limit
        self._buffer = bytearray()
        self._searched = 0
        self._dropped = False
        self._in_content = False

    def feed(self, octets: bytes) -> None:
        """Take what arrived."""
        self._buffer += octets

    def line(self, longest: int = MAX_LINE_OCTETS) -> bytes | None:
        """Return the next command line without CRLF, None until one is complete.

        Raises LineTooLongError once for a line beyond the limit, and BareLineFeedError.
        """
        end = self._buffer.find(b"\n", self._searched)
        if end < 0:
            self._searched = len(self._buffer)
            if len(self._buffer) > longest:
                self._dropped = True
                self._cut(len(self._buffer))
            return None
        line = bytes(self._buffer[: end + 1])
        self._cut(end + 1)
        if self._dropped or len(line) > longest:
            self._dropped = False
            raise LineTooLongError
        if not line.endswith(b"\r\n"):
            raise BareLineFeedError
        return line[:-2]

    def proxy_header(self) -> bytes | None:
        """Return the PROXY header that a proxy sends first, None until it is complete (haproxy.org proxy-protocol.txt).

        Octets that are not a PROXY header are returned too, for the parser to refuse.
        """
        buffer = bytes(self._buffer[:_PROXY_OCTETS])
        if buffer[: len(_PROXY_V2)] == _PROXY_V2[: len(buffer)]:
            if len(buffer) < 16:
                return None
            end = 16 + int.from_bytes(buffer[14:16])
            if len(buffer) < end <= _PROXY_OCTETS:
                return None
        else:
            end = buffer.find(b"\r\n", 0, _PROXY_V1_OCTETS) + 2
            if end < 2:
                if len(buffer) < _PROXY_V1_OCTETS and buffer[:5] == b"PROXY"[: len(buffer)]:
                    return None
                end = len(buffer)
        self._cut(min(end, len(buffer)))
        return buffer[:end]

    def discard(self) -> None:
        """Drop what arrived before encryption: an attacker may have injected it (RFC 3207 section 6)."""
        self._cut(len(self._buffer))

    def content(self) -> bytes | None:
        """Return the content up to the final dot, unstuffed; None until it is complete.

        Raises ContentTooLargeError at the end of content beyond the size limit, of which nothing was kept.
        """
        if not self._in_content:
            # A message may be empty: then its dot follows the CRLF of the DATA command.
            self._buffer[:0] = b"\r\n"
            self._in_content = True
        end = self._buffer.find(_END, max(0, self._searched - len(_END)))
        if end < 0:
            # Stuffing makes content longer by a third at most: lines of a single dot.
            if len(self._buffer) > self._size_limit * 4 // 3 + 2 * len(_END):
                self._dropped = True
                del self._buffer[: -len(_END)]
            self._searched = len(self._buffer)
            return None
        # RFC 5321 section 4.5.2: the first dot of a longer line is removed.
        content = bytes(self._buffer[: end + 2]).replace(b"\r\n.", b"\r\n")[2:]
        self._cut(end + len(_END))
        self._in_content = False
        if self._dropped or len(content) > self._size_limit:
            self._dropped = False
            raise ContentTooLargeError
        return content

    @property
    def pending(self) -> int:
        """The number of octets that were not yet taken."""
        return len(self._buffer)

    def _cut(self, count: int) -> None:
        del self._buffer[:count]
        self._searched = 0
