"""Reads a reply as a test gives it: as a server sends it (RFC 5321 4.2.1), or as it stands in a bounce."""

from __future__ import annotations

import re
from operator import methodcaller
from typing import Final

from pydantic import ValidationError

from fake_gateways.smtp.reply import from_wire
from fake_gateways.wording import Wording
from probe.input_error import InputError
from probe.validation_errors import first_mistake, problem_and_remedy

__tracebackhide__ = methodcaller("errisinstance", InputError)
"""Hide this file in pytest's tracebacks of these errors: the reader wants the line of the test."""

_TYPE: Final = re.compile(r"\s*(?:diagnostic-code\s*:)?\s*(?:(?:smtp|x-[a-z0-9-]{1,30})\s*;)?\s*", re.IGNORECASE)
"""What comes before the reply in a delivery report: ``Diagnostic-Code: smtp;``."""
_BEGINS: Final = re.compile(r"[1-5][0-9][0-9](?=[ -]|$)")
_WITHIN: Final = re.compile(r"(?:([:;'\"(<>#])|^)[ \t]{0,9}([45][0-9][0-9])(?=[ -])", re.MULTILINE)
"""Within a sentence of the reporting system: ``host mx.example[192.0.2.1] said: 550 ...``."""
_QUOTED: Final = re.compile(r"(?<![0-9])([45][0-9][0-9])[- ](['\"])(.*)\2", re.DOTALL)
"""As Cisco's gateways report a reply: ``5.1.0 - Unknown address error 550-'5.1.1 no such user'``."""
_QUOTES: Final = ("'", '"')
_PAIRS: Final = ("()", "<>")
_ADDED: Final = re.compile(r"\s*(?:\(in reply to [\w ]{1,40} command\)|>?\s*#SMTP#)$")
"""What Postfix and Exchange add to a reply."""
_GIVEN_UP: Final = re.compile(r"^(?:Giving up on|I'm not going to try again).*", re.MULTILINE)
"""What qmail adds on a line of its own."""
_BRACES: Final = re.compile(r"\{[a-z_]+\}|[{}]")


def read_reply(text: str, place: str) -> Wording:
    """Return the reply in a text; raises InputError if it is none that refuses.

    Its lines may have their code (``550-5.1.1 ...``), or be joined by spaces, or be folded as in a header field. A line
    without code that is not indented is a line of its own. ``{recipient}`` and the like are filled in later.
    """
    reply = _reply_in(text[_matched(_TYPE, text) :])
    code = reply[:3]
    if code[:1] not in {"4", "5"}:
        remedy = 'write for example "550 5.1.1 No such user"'
        raise InputError(place, "is not a reply that refuses (4xx or 5xx)", remedy)
    found = from_wire(int(code), _lines(reply, code, place))
    try:
        return Wording(
            code=found.code,
            enhanced=None if found.enhanced is None else str(found.enhanced),
            text=_BRACES.sub(lambda brace: brace[0] if len(brace[0]) > 1 else brace[0] * 2, found.text),
        )
    except ValidationError as error:
        raise InputError(place, *problem_and_remedy(first_mistake(error))) from None


def _matched(expression: re.Pattern[str], text: str) -> int:
    found = expression.match(text)
    return 0 if found is None else found.end()


def _reply_in(text: str) -> str:
    """Return a text from the code of its reply on, without the sentence around it; "" if there is no reply."""
    if _BEGINS.match(text):
        return text
    found = _WITHIN.search(text)
    if found is None:
        quoted = _QUOTED.search(text)
        return f"{quoted[1]} {quoted[3]}" if quoted is not None else ""
    reply = _GIVEN_UP.sub("", text[found.start(2) :])
    if found[1] in _QUOTES:
        reply = reply[: reply.rfind(found[1])] if found[1] in reply else reply
    for opening, closing in _PAIRS:
        if reply.rstrip().endswith(closing) and reply.count(closing) > reply.count(opening):
            reply = reply[: reply.rfind(closing)]  # it closes a bracket before the reply
    return reply


def _lines(reply: str, code: str, place: str) -> list[str]:
    """Return the lines of a reply without their codes, unfolded; raises InputError for a line with another code."""
    if reply.startswith("-", 3):
        reply = re.sub(rf"(?<!\s)\s+(?={code}(?:[ -]|$))", "\n", reply)
    lines: list[str] = []
    for line in reply.splitlines():
        if line.startswith((f"{code} ", f"{code}-")) or line == code:
            lines.append(line[4:])
        elif lines and line[:1] in {" ", "\t"}:
            lines[-1] += line
        elif _BEGINS.match(line):
            raise InputError(place, f"has lines with the codes {code} and {line[:3]}", "give one reply")
        elif line:
            lines.append(line)
    *others, last = [" ".join(line.split()) for line in lines]
    return [*others, _ADDED.sub("", last)]
