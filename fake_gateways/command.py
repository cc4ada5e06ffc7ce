"""An SMTP command line, read as RFC 5321 4.1 writes it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

MAX_LINE_OCTETS: Final = 1000
"""RFC 5321 4.5.3.1.4 allows 512 and lets extensions add to it; MAIL with all its parameters stays far below this."""

_VERB: Final = re.compile(rb"([A-Za-z]{3,10})(?: +(.*?))?[ \t]*", re.DOTALL)
_PATH: Final = re.compile(
    r"<(?:@[^<>:\s]+:)?"  # a source route is taken and ignored (RFC 5321 appendix C)
    r"("
    r"(?:[^\s<>()\[\],;:\\\"@\x00-\x1f]+|\"(?:[^\"\\\x00-\x1f]|\\[\x20-\x7e])*\")"
    r"@(?:[^\W_](?:[\w.-]*[^\W_])?|\[[0-9A-Za-z.:]+\])"
    r")?>"
)
_POSTMASTER: Final = re.compile(r"<(postmaster)>", re.IGNORECASE)
_PARAMETER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e]+))?")
_TAGS: Final = {"MAIL": "FROM:", "RCPT": "TO:"}


class SyntaxMistake(Exception):  # noqa: N818 - it is the client's mistake, told to it as a reply
    """The line is no command; the text says what would have been one."""


@dataclass(slots=True)
class Command:
    """A verb in capitals and its argument.

    ``path`` is the address of MAIL or RCPT without brackets ("" for ``<>``); ``parameters`` are its ESMTP parameters.
    """

    verb: str
    argument: str = ""
    path: str = ""
    parameters: dict[str, str] = field(default_factory=dict)


def parse(line: bytes) -> Command:
    """Read a line without its CRLF; raises SyntaxMistake."""
    found = _VERB.fullmatch(line)
    if found is None:
        msg = "Command unrecognized"
        raise SyntaxMistake(msg)
    verb = found[1].decode().upper()
    try:
        argument = (found[2] or b"").decode("ascii")
    except UnicodeDecodeError:
        msg = "Only ASCII is understood here"
        raise SyntaxMistake(msg) from None
    if not argument.isprintable():
        msg = "Control characters are not allowed in a command"
        raise SyntaxMistake(msg)
    tag = _TAGS.get(verb)
    return Command(verb, argument) if tag is None else _with_path(verb, tag, argument)


def _with_path(verb: str, tag: str, argument: str) -> Command:
    usage = f"Syntax: {verb} {tag}<address>"
    if argument[: len(tag)].upper() != tag:
        raise SyntaxMistake(usage)
    rest = argument[len(tag) :].lstrip(" ")
    found = _PATH.match(rest) or (_POSTMASTER.match(rest) if verb == "RCPT" else None)
    if found is None or (verb == "RCPT" and not found[1]):
        raise SyntaxMistake(usage)
    tail = rest[found.end() :]
    if not tail:
        return Command(verb, argument, found[1] or "")
    if not tail.startswith(" "):
        raise SyntaxMistake(usage)
    parameters = {}
    for word in tail.split():
        parameter = _PARAMETER.fullmatch(word)
        if parameter is None:
            msg = f"Parameter not understood: {word[:40]}"
            raise SyntaxMistake(msg)
        parameters[parameter[1].upper()] = parameter[2] or ""
    return Command(verb, argument, found[1] or "", parameters)
