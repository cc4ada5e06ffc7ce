"""Connections to IMAP servers that end after a time and after a number of octets, whatever the server says."""

from __future__ import annotations

import imaplib
import socket
from contextlib import suppress
from threading import Timer
from typing import Any


class Bound:
    """How long a connection may last, in seconds, and how many octets of answers are read from it."""

    def __init__(self, most_s: float, most_octets: int) -> None:
        self.is_late = False
        """Whether the connection was ended because its time was over."""
        self._most_s = most_s
        self._octets_left = most_octets
        self._timer: Timer | None = None

    def begin(self, connection: imaplib.IMAP4) -> None:
        """End a connection when its time is over: a server that says a little now and then is never silent for long."""
        self._timer = Timer(self._most_s, self._end, (connection,))
        self._timer.daemon = True
        self._timer.start()

    def count(self, octets: int) -> None:
        """Count octets; raises OverflowError if they are too many."""
        self._octets_left -= octets
        if self._octets_left < 0:
            raise OverflowError

    def cancel(self) -> None:
        """Forget the time: the connection has ended."""
        if self._timer is not None:
            self._timer.cancel()

    def _end(self, connection: imaplib.IMAP4) -> None:
        self.is_late = True
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def within(bound: Bound) -> type[imaplib.IMAP4]:
    """Return imaplib's class for one connection within a bound, which holds from the greeting on."""

    class Bounded(imaplib.IMAP4):
        def open(self, *place: Any, **options: Any) -> None:
            super().open(*place, **options)
            bound.begin(self)

        def read(self, size: int) -> bytes:
            bound.count(size)  # before it is read: a literal says how long it will be
            return super().read(size)

        def readline(self) -> bytes:
            line = super().readline()
            bound.count(len(line))
            return line

    return Bounded
