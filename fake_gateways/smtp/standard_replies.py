"""Replies of a server that no persona words: limits, syntax, TLS (RFC 5321, RFC 3207)."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from fake_gateways.smtp.reply import EnhancedStatus, Reply


def status_reply(code: int, enhanced: str, text: str) -> Reply:
    """Return a reply of one line with an enhanced status (RFC 3463)."""
    return Reply(code, (text,), EnhancedStatus.parse(enhanced))


MAX_RECIPIENTS: Final = 1000
"""A usual limit of real gateways. RFC 5321 section 4.5.3.1.8 requires at least 100."""
MAX_MISTAKES: Final = 20
"""The server closes the connection at so many mistakes, unless the persona has limits of its own."""

TOO_MANY_RECIPIENTS: Final = status_reply(452, "4.5.3", "Too many recipients")
TIMED_OUT: Final = status_reply(421, "4.4.2", "Timeout exceeded, closing connection")
LOCAL_ERROR: Final = status_reply(421, "4.3.0", "Local error in processing, closing connection")
CHUNK: Final = Reply(250, ("Chunk received",), EnhancedStatus(2, 0, 0))
HELP: Final = Reply(214, ("EHLO HELO MAIL RCPT DATA RSET NOOP VRFY QUIT",), EnhancedStatus(2, 0, 0))
LINE_TOO_LONG: Final = status_reply(500, "5.5.6", "Line too long")
BARE_LINE_FEED: Final = status_reply(521, "5.5.2", "Bare <LF> received, closing connection")
UNEXPECTED_ARGUMENT: Final = status_reply(501, "5.5.4", "Syntax error in parameters")


NEEDS_UTF8: Final = status_reply(553, "5.6.7", "Address needs SMTPUTF8")
"""RFC 6531 section 3.4: without SMTPUTF8 in MAIL, an address beyond ASCII."""
READY_FOR_TLS: Final = Reply(220, ("Ready to start TLS",), EnhancedStatus(2, 0, 0))
NO_TLS: Final = Reply(454, ("TLS not available due to temporary reason",), EnhancedStatus(4, 7, 0))
"""RFC 3207 section 4."""


@lru_cache(maxsize=1024)
def offering(hello: Reply, keywords: tuple[str, ...], hidden: str) -> Reply:
    """Return the reply to EHLO: the words of the persona, and all keywords but a hidden one."""
    return Reply(hello.code, (*hello.lines, *(word for word in keywords if word.partition(" ")[0] != hidden)))
