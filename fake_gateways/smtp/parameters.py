"""The ESMTP parameters of MAIL and RCPT, read for the envelope (RFC 1870, 6152, 6531, 3461)."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from fake_gateways.smtp.envelope import Envelope
from fake_gateways.smtp.reply import EnhancedStatus, Reply

_BODY_TYPES: Final = {"7BIT", "8BITMIME"}
_NOTIFY: Final = {"NEVER", "SUCCESS", "FAILURE", "DELAY"}
_XTEXT: Final = re.compile(r"(?:[!-*,-<>-~]|\+[0-9A-F]{2})*")
_ENVELOPE_ID_OCTETS: Final = 100
_ORIGINAL_RECIPIENT_OCTETS: Final = 500


class ParameterMistake(Exception):  # noqa: N818 - it is the client's mistake, answered with a reply
    """A parameter that is not offered or not valid; ``reply`` says so."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.reply = Reply(code, (text,), EnhancedStatus(5, 5, 4))


class Declared(NamedTuple):
    """What the client declares about the message; ``size`` is in octets."""

    size: int = 0
    utf8: bool = False


class Wanted(NamedTuple):
    """What RCPT asks of the delivery reports about a recipient; None where it does not say."""

    notify: frozenset[str] | None = None
    original_recipient: str | None = None

    def keep(self, envelope: Envelope, recipient: str) -> None:
        """Write it into the envelope."""
        if self.notify is not None:
            envelope.notify[recipient] = self.notify
        if self.original_recipient is not None:
            envelope.original_recipients[recipient] = self.original_recipient


def read_mail(parameters: Mapping[str, str], offered: Collection[str], envelope: Envelope) -> Declared:
    """Read the parameters of MAIL; raises ParameterMistake. RET and ENVID go into the envelope (RFC 3461 4.3, 4.4)."""
    size, utf8 = 0, False
    for name, value in parameters.items():
        match name:
            case "BODY" if value.upper() in _BODY_TYPES:
                pass
            case "SIZE" if value.isdigit() and len(value) <= 20:
                size = int(value)
            case "SMTPUTF8" if name in offered and not value:
                utf8 = True
            case "RET" if "DSN" in offered:
                envelope.headers_only = _one_of(name, value, {"FULL", "HDRS"}) == "HDRS"
            case "ENVID" if "DSN" in offered:
                envelope.envelope_id = _xtext(name, value, _ENVELOPE_ID_OCTETS)
            case _:
                raise _not_offered(name)
    return Declared(size, utf8)


def read_rcpt(parameters: Mapping[str, str], offered: Collection[str]) -> Wanted:
    """Read the parameters of RCPT (RFC 3461 sections 4.1 and 4.2); raises ParameterMistake."""
    wanted = Wanted()
    for name, value in parameters.items():
        match name:
            case "NOTIFY" if "DSN" in offered:
                notify = frozenset(_one_of(name, word, _NOTIFY) for word in value.split(","))
                if "NEVER" in notify and len(notify) > 1:
                    raise ParameterMistake(501, "NOTIFY=NEVER cannot be combined")
                wanted = wanted._replace(notify=notify)
            case "ORCPT" if "DSN" in offered:
                kind, semicolon, address = value.partition(";")
                if not (semicolon and kind and address):
                    raise ParameterMistake(501, "Syntax: ORCPT=rfc822;address")
                original = f"{kind};{_xtext(name, address, _ORIGINAL_RECIPIENT_OCTETS)}"
                wanted = wanted._replace(original_recipient=original)
            case _:
                raise _not_offered(name)
    return wanted


def _not_offered(name: str) -> ParameterMistake:
    return ParameterMistake(555, f"Parameter not supported: {name[:40]}")


def _one_of(name: str, value: str, known: set[str]) -> str:
    if value.upper() not in known:
        raise ParameterMistake(501, f"{name} must be one of {', '.join(sorted(known))}")
    return value.upper()


def _xtext(name: str, value: str, longest: int) -> str:
    """Decode xtext to printable ASCII (RFC 3461 section 4)."""
    if not value or len(value) > longest or not _XTEXT.fullmatch(value):
        raise ParameterMistake(501, f"{name} is not xtext of up to {longest} characters")
    text = re.sub(r"\+([0-9A-F]{2})", lambda found: chr(int(found[1], 16)), value)
    if not (text.isascii() and text.isprintable()):
        raise ParameterMistake(501, f"{name} contains unprintable characters")
    return text
