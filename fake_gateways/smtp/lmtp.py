"""What LMTP changes (RFC 2033): LHLO instead of EHLO and HELO, and a reply for each recipient after the content."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from fake_gateways.smtp.command import Command, SyntaxMistake, UnrecognizedMistake, parse
from fake_gateways.smtp.reply import Garbled, Reply

REQUIRED_KEYWORDS: Final = ("PIPELINING", "ENHANCEDSTATUSCODES")
"""What every LMTP server offers (RFC 2033 section 5)."""
_SMTP_ONLY: Final = frozenset({"EHLO", "HELO"})


@dataclass(frozen=True)
class RepliesPerRecipient:
    """The replies to the content of a message, one for each accepted recipient (RFC 2033 section 4.2)."""

    replies: Sequence[Reply | Garbled]

    @property
    def octets(self) -> bytes:
        """All replies as octets."""
        return b"".join(reply.octets for reply in self.replies)


def read_command(line: bytes, *, utf8: bool = False) -> Command:
    """Parse a line as ``parse`` does. LHLO becomes EHLO, which like HELO is not a command of LMTP (section 4.1)."""
    command = parse(line, utf8=utf8)
    if command.verb in _SMTP_ONLY:
        raise UnrecognizedMistake(command.verb)
    if command.verb != "LHLO":
        return command
    if not command.argument:
        msg = "Syntax: LHLO hostname"
        raise SyntaxMistake(msg)
    return replace(command, verb="EHLO")
