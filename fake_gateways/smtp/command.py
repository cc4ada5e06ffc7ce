"""Parses an SMTP command line (RFC 5321 section 4.1)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from fake_gateways.smtp.standard_replies import status_reply

MAX_LINE_OCTETS: Final = 1000
"""RFC 5321 section 4.5.3.1.4 allows 512 octets, and extensions may add to them. MAIL with all parameters is shorter."""

_MOST_KEPT_OCTETS: Final = 100
"""Longer lines are not kept for the next time. Nor are those that log in, however short."""
_SHORTEST_VERB: Final = 3
_LONGEST_VERB: Final = 10
_PATH: Final = re.compile(
    r"<(?:@[^<>:\s]+:)?"  # a source route is accepted and ignored (RFC 5321 appendix C)
    r"("
    r"(?:[^\s<>()\[\],;:\\\"@\x00-\x1f]+|\"(?:[^\"\\\x00-\x1f]|\\[\x20-\x7e])*\")"
    r"@(?:[^\W_](?:[\w.-]*[^\W_])?|\[[0-9A-Za-z.:]+\])"
    r")?>"
)
_POSTMASTER: Final = re.compile(r"<(postmaster)>", re.IGNORECASE)
_PLAIN: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_USUAL: Final = re.compile(
    rf"(?:MAIL (FROM:<({_PLAIN.pattern})>(?: SIZE=([0-9]+))?)|RCPT (TO:<({_PLAIN.pattern})>))".encode()
)
"""MAIL and RCPT as nearly all clients write them. They are read by this one expression."""
_PARAMETER: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([\x21-\x3c\x3e-\x7e]+))?")
_TAGS: Final = {"MAIL": "FROM:", "RCPT": "TO:"}


class SyntaxMistake(Exception):  # noqa: N818 - it is the client's mistake, answered with a reply
    """The line is not a valid command; the text says what is wrong, and ``reply`` says it to the client."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.reply = status_reply(501, "5.5.4", text)


class UnrecognizedMistake(SyntaxMistake):
    """The line is not any command that the server knows (500)."""


@dataclass(slots=True)
class Command:
    """A verb in capitals and its argument.

    ``path`` is the address of MAIL or RCPT without brackets ("" for ``<>``); ``parameters`` are its ESMTP parameters.
    """

    verb: str
    argument: str = ""
    path: str = ""
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def octets(self) -> bytes:
        """The line, without its CRLF."""
        tag = _TAGS.get(self.verb)
        if tag is None or self.argument:
            return f"{self.verb} {self.argument}".rstrip().encode()
        words = (f"{name}={value}" if value else name for name, value in self.parameters.items())
        return " ".join((f"{self.verb} {tag}<{self.path}>", *words)).encode()

    @property
    def is_plain(self) -> bool:
        """Whether a server that parses its line gets the same command, because its address needs no care."""
        return not self.path or _PLAIN.fullmatch(self.path) is not None


def parse(line: bytes, *, utf8: bool = False) -> Command:
    """Parse a line without its CRLF. Characters beyond ASCII need ``utf8``. Raises SyntaxMistake."""
    usual = _USUAL.fullmatch(line)
    if usual is not None:
        sent_from, sender, size, to, recipient = usual.groups()
        if to is not None:
            return Command("RCPT", to.decode(), recipient.decode())
        parameters = {} if size is None else {"SIZE": size.decode()}
        return Command("MAIL", sent_from.decode(), sender.decode(), parameters)
    if len(line) > _MOST_KEPT_OCTETS or line[:1] in b"Aa":
        return _read(line, utf8=utf8)
    return _kept(line, utf8=utf8)


def _read(line: bytes, *, utf8: bool) -> Command:
    word, _, rest = line.rstrip(b" \t").partition(b" ")
    if not (word.isalpha() and _SHORTEST_VERB <= len(word) <= _LONGEST_VERB):
        msg = "Command unrecognized"
        raise UnrecognizedMistake(msg)
    verb = word.upper().decode()
    tag = _TAGS.get(verb)
    if not rest and tag is None:
        return Command(verb)
    try:
        argument = rest.lstrip(b" ").decode("utf-8" if utf8 else "ascii")
    except UnicodeDecodeError:
        msg = "Only UTF-8 is understood here" if utf8 else "Only ASCII is understood here"
        raise UnrecognizedMistake(msg) from None
    if not argument.isprintable():
        msg = "Control characters are not allowed in a command"
        raise UnrecognizedMistake(msg)
    return Command(verb, argument) if tag is None else _with_path(verb, tag, argument)


_kept: Final = lru_cache(maxsize=256)(_read)
"""Clients say the same EHLO, DATA and QUIT again and again. What is kept must not be changed."""


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


class Presented(NamedTuple):
    """The client that XCLIENT names: IP address and HELO name, empty if unchanged."""

    address: str = ""
    helo: str = ""


_XCLIENT_ATTRIBUTE: Final = re.compile(
    r"(NAME|REVERSE_NAME|ADDR|PORT|PROTO|HELO|LOGIN|DESTADDR|DESTPORT)=(\S+)", re.IGNORECASE
)
_XCLIENT_UNKNOWN: Final = {"[UNAVAILABLE]", "[TEMPUNAVAIL]"}


def read_xclient(argument: str) -> Presented:
    """Parse the attributes of XCLIENT (postfix.org/XCLIENT_README); raises SyntaxMistake. Most are ignored."""
    address = helo = ""
    for word in argument.split():
        attribute = _XCLIENT_ATTRIBUTE.fullmatch(word)
        if attribute is None:
            msg = f"Syntax: attribute not understood: {word[:40]}"
            raise SyntaxMistake(msg)
        name, value = attribute[1].upper(), attribute[2]
        if value.upper() in _XCLIENT_UNKNOWN:
            continue
        if name == "ADDR":
            try:
                address = str(ipaddress.ip_address(re.sub("^IPV6:", "", value, flags=re.IGNORECASE)))
            except ValueError:
                msg = f"Syntax: not an IP address: {value[:40]}"
                raise SyntaxMistake(msg) from None
        elif name == "HELO":
            helo = value[:255]
    return Presented(address, helo)
