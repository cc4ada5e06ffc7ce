"""Authentication of a client (RFC 4954): PLAIN, LOGIN, CRAM-MD5 and XOAUTH2, without a socket.

An exchange takes the client's responses one by one, and ends with the credentials. The ``Login`` of the gateway decides
what they are worth.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Final, NamedTuple

from fake_gateways.smtp.reply import Reply
from fake_gateways.smtp.standard_replies import status_reply

MAX_LINE_OCTETS: Final = 12_288
"""The longest line of an exchange, with its CRLF (RFC 4954 section 4)."""


SUCCEEDED: Final = status_reply(235, "2.7.0", "Authentication successful")
BAD_CREDENTIALS: Final = status_reply(535, "5.7.8", "Authentication credentials invalid")
TRY_LATER: Final = status_reply(454, "4.7.0", "Temporary authentication failure")
REQUIRED: Final = status_reply(530, "5.7.0", "Authentication required")
"""RFC 4954 section 6 has all four."""
ENCRYPTION_REQUIRED: Final = status_reply(538, "5.7.11", "Encryption required for requested authentication mechanism")
TLS_FIRST: Final = status_reply(530, "5.7.0", "Must issue a STARTTLS command first")
"""RFC 4954 section 6 and RFC 3207 section 4, for servers that take no password over a connection in the clear."""
_CANCELLED: Final = status_reply(501, "5.7.0", "Authentication cancelled")
_NOT_BASE64: Final = status_reply(501, "5.5.2", "Cannot decode the response")
_NOT_CREDENTIALS: Final = status_reply(501, "5.5.2", "The response holds no credentials")
_UNKNOWN_MECHANISM: Final = status_reply(504, "5.5.4", "Unrecognized authentication type")


class AuthMistake(Exception):  # noqa: N818 - it is the client's mistake, answered with a reply
    """The exchange has failed before there were credentials; ``reply`` says why."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply))
        self.reply = reply


class Credentials(NamedTuple):
    """A user name and the proof that came with it.

    ``secret`` is the password, or the access token of XOAUTH2. CRAM-MD5 sends no password: there it is the digest of
    ``challenge`` (RFC 2195).
    """

    mechanism: str
    user: str
    secret: str
    challenge: bytes = b""

    def proves(self, password: str) -> bool:
        """Whether the client knows this password or token."""
        expected = password
        if self.challenge:
            expected = hmac.new(password.encode(), self.challenge, "md5").hexdigest()
        return hmac.compare_digest(expected.encode(), self.secret.encode())


Exchange = Generator[bytes, bytes, Credentials]
"""Yields challenges, takes responses, returns the credentials."""


def _plain() -> Exchange:
    """RFC 4616: authorization identity, user and password, with NUL between them."""
    parts = (yield b"").split(b"\0")
    if len(parts) != 3:
        raise AuthMistake(_NOT_CREDENTIALS)
    return Credentials("PLAIN", _text(parts[1]), _text(parts[2]))


def _login() -> Exchange:
    """Ask for user and password one after the other (draft-murchison-sasl-login)."""
    user = yield b"Username:"
    password = yield b"Password:"
    return Credentials("LOGIN", _text(user), _text(password))


def _cram_md5(challenge: bytes) -> Exchange:
    """RFC 2195."""
    user, blank, digest = (yield challenge).rpartition(b" ")
    if not blank:
        raise AuthMistake(_NOT_CREDENTIALS)
    return Credentials("CRAM-MD5", _text(user), _text(digest).lower(), challenge)


def _xoauth2() -> Exchange:
    """developers.google.com/workspace/gmail/imap/xoauth2-protocol: fields that end in 0x01."""
    fields = dict(field.partition(b"=")[::2] for field in (yield b"").split(b"\x01") if field)
    kind, _, token = fields.get(b"auth", b"").partition(b" ")
    if b"user" not in fields or kind.lower() != b"bearer" or not token:
        raise AuthMistake(_NOT_CREDENTIALS)
    return Credentials("XOAUTH2", _text(fields[b"user"]), _text(token))


def _text(octets: bytes) -> str:
    return octets.decode("utf-8", "replace")


MECHANISMS: Final = ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2")
_INITIAL: Final = frozenset({"PLAIN", "LOGIN", "XOAUTH2"})
"""Mechanisms in which the client may speak first, with the AUTH command itself."""


@dataclass(frozen=True)
class Login:
    """Who may log in. ``check`` returns the reply that refuses credentials, or None to accept them.

    With ``required``, MAIL is refused before a login. With ``needs_tls``, AUTH is for encrypted connections only.
    """

    mechanisms: tuple[str, ...] = MECHANISMS
    check: Callable[[Credentials], Reply | None] = lambda _: None
    required: Callable[[], bool] = lambda: False
    needs_tls: Callable[[], bool] = lambda: False

    @property
    def keyword(self) -> str:
        """The keyword of EHLO that offers AUTH."""
        return f"AUTH {' '.join(self.mechanisms)}"

    def exchange(self, mechanism: str, challenge: bytes) -> Exchange:
        """Begin the exchange of a mechanism; raises AuthMistake. CRAM-MD5 sends the challenge."""
        if mechanism not in self.mechanisms:
            raise AuthMistake(_UNKNOWN_MECHANISM)
        made: dict[str, Callable[[], Exchange]] = {"PLAIN": _plain, "LOGIN": _login, "XOAUTH2": _xoauth2}
        return _cram_md5(challenge) if mechanism == "CRAM-MD5" else made[mechanism]()


class ClientLogin:
    """The login of one client. ``user`` is set once it is accepted; ``is_waiting`` while a response is awaited."""

    def __init__(self, login: Login) -> None:
        self.user: str | None = None
        self.is_waiting = False
        self._login = login
        self._exchange: Exchange

    @property
    def is_missing(self) -> bool:
        """Whether MAIL is to be refused because the client has not logged in."""
        return self.user is None and self._login.required()

    @property
    def needs_tls(self) -> bool:
        """Whether a login is accepted on an encrypted connection only."""
        return self._login.needs_tls()

    def start(self, argument: str, challenge: bytes) -> Reply:
        """Answer AUTH with its argument: a challenge (334), or the end of the login. Raises AuthMistake."""
        name, _, initial = argument.strip().partition(" ")
        mechanism = name.upper()
        self._exchange = self._login.exchange(mechanism, challenge)
        first = _challenge(next(self._exchange))
        if not initial:
            self.is_waiting = True
            return first
        if mechanism not in _INITIAL:
            raise AuthMistake(_NOT_CREDENTIALS)
        return self.respond(b"" if initial.strip() == "=" else initial.strip().encode())

    def respond(self, line: bytes) -> Reply:
        """Answer a response of the client: with a challenge, or with the end of the login. Raises AuthMistake."""
        self.is_waiting = False
        if line == b"*":
            raise AuthMistake(_CANCELLED)
        try:
            octets = base64.b64decode(line, validate=True)
        except binascii.Error:
            raise AuthMistake(_NOT_BASE64) from None
        try:
            challenge = self._exchange.send(octets)
        except StopIteration as finished:
            refusal = self._login.check(finished.value)
            if refusal is not None:
                raise AuthMistake(refusal) from None
            self.user = finished.value.user
            return SUCCEEDED
        self.is_waiting = True
        return _challenge(challenge)


def begin_login(login: Login | None) -> ClientLogin | None:
    """Return the login of a client that has not begun it, None where a gateway offers none."""
    return None if login is None else ClientLogin(login)


def _challenge(octets: bytes) -> Reply:
    return Reply(334, (base64.b64encode(octets).decode(),))
