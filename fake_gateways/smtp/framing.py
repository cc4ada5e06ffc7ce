"""Splits a client's octets into command lines and message content (RFC 5321 2.3.8, 4.1.1.4, 4.5.2)."""

from __future__ import annotations

from typing import Final

from fake_gateways.smtp.command import MAX_LINE_OCTETS

_END: Final = b"\r\n.\r\n"
_DOT: Final = b"\r\n."
_EMPTY: Final = b".\r\n"
"""The end of a message without content: its dot follows the CRLF of the DATA command."""
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
        self._buffer: bytes | bytearray = b""
        self._start = 0
        self._searched = 0
        self._dropped = False
        self._skipped = 0

    def feed(self, octets: bytes) -> None:
        """Take what arrived."""
        if self._start == len(self._buffer):
            # The usual case: what arrived before is taken already, so nothing has to be copied.
            self._keep(octets)
            return
        if self._start or isinstance(self._buffer, bytes):
            self._searched -= self._start
            self._buffer = bytearray(self._buffer[self._start :])
            self._start = 0
        self._buffer += octets

    def line(self, longest: int = MAX_LINE_OCTETS) -> bytes | None:
        """Return the next command line without CRLF, None until one is complete.

        Raises LineTooLongError once for a line beyond the limit, and BareLineFeedError.
        """
        end = self._buffer.find(b"\n", self._searched) + 1
        if not end:
            self._searched = len(self._buffer)
            if self.pending > longest:
                self._dropped = True
                self._keep(b"")
            return None
        line = bytes(self._buffer[self._start : end])
        self._start = self._searched = end
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
        buffer = bytes(self._buffer[self._start : self._start + _PROXY_OCTETS])
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
        self._start = self._searched = self._start + min(end, len(buffer))
        return buffer[:end]

    def discard(self) -> None:
        """Drop what arrived before encryption: an attacker may have injected it (RFC 3207 section 6)."""
        self._keep(b"")

    def content(self) -> bytes | None:
        """Return the content up to the final dot, unstuffed; None until it is complete.

        Raises ContentTooLargeError at the end of content beyond the size limit, of which nothing was kept.
        """
        buffer, start = self._buffer, self._start
        if not self._dropped and buffer.startswith(_EMPTY, start):
            self._start = self._searched = start + len(_EMPTY)
            return b""
        is_first_look = self._searched == start
        end = buffer.find(_DOT, max(start, self._searched - len(_END)))
        is_stuffed = not (is_first_look and buffer.startswith(_END, end))
        if is_stuffed and end >= 0:
            end = buffer.find(_END, end)
        if end < 0:
            # Stuffing makes content longer by a third at most: lines of a single dot.
            if self.pending > self._size_limit * 4 // 3 + 2 * len(_END):
                self._dropped = True
                self._keep(bytes(buffer[-len(_END) :]))
            self._searched = len(self._buffer)
            return None
        content = bytes(buffer[start : end + 2])
        self._start = self._searched = end + len(_END)
        if not self.pending:
            self._keep(b"")  # a large message need not stay in memory until the next command
        if is_stuffed or content.startswith(b"."):
            # RFC 5321 section 4.5.2: the first dot of a longer line is removed.
            content = content.removeprefix(b".").replace(_DOT, b"\r\n")
        if self._dropped or len(content) > self._size_limit:
            self._dropped = False
            raise ContentTooLargeError
        return content

    def chunk(self, octets: int) -> bytes | None:
        """Return a part of the content that has so many octets (RFC 3030 section 2), None until it is complete.

        Raises ContentTooLargeError at the end of a part beyond the size limit, of which nothing was kept.
        """
        if octets > self._size_limit:
            self._skip(octets)
            return None
        if self.pending < octets:
            return None
        return self._take(octets)

    def _skip(self, octets: int) -> None:
        """Drop what has arrived of a part; raises ContentTooLargeError at its end."""
        self._skipped += len(self._take(min(octets - self._skipped, self.pending)))
        if self._skipped == octets:
            self._skipped = 0
            raise ContentTooLargeError

    def _take(self, octets: int) -> bytes:
        taken = bytes(self._buffer[self._start : self._start + octets])
        self._start = self._searched = self._start + octets
        if not self.pending:
            self._keep(b"")
        return taken

    @property
    def pending(self) -> int:
        """The number of octets that were not yet taken."""
        return len(self._buffer) - self._start

    def _keep(self, octets: bytes) -> None:
        """Keep nothing but these octets."""
        self._buffer = octets
        self._start = self._searched = 0
