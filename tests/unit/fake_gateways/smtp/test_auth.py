"""Logging in over SMTP: each mechanism, its mistakes, and who is refused (RFC 4954)."""

from __future__ import annotations

import base64
import hmac

import pytest

from fake_gateways.smtp.auth import BAD_CREDENTIALS, MECHANISMS, SUCCEEDED, AuthMistake, ClientLogin, Credentials, Login

CHALLENGE = b"<1@mx.acme.example>"


def encoded(text: str | bytes) -> bytes:
    return base64.b64encode(text.encode() if isinstance(text, str) else text)


def credentials_of(argument: str, *responses: bytes) -> Credentials:
    """Log in and return the credentials that the gateway was shown."""
    seen: list[Credentials] = []
    login = ClientLogin(Login(check=seen.append))
    reply = login.start(argument, CHALLENGE)
    for response in responses:
        assert (reply.code, login.is_waiting) == (334, True)
        reply = login.respond(response)
    assert (reply, login.is_waiting) == (SUCCEEDED, False)
    assert login.user == seen[0].user
    return seen[0]


def test_plain_comes_with_the_command_or_after_an_empty_challenge() -> None:
    response = encoded("\0ann\0secret")
    expected = Credentials("PLAIN", "ann", "secret")
    assert credentials_of(f"PLAIN {response.decode()}") == credentials_of("plain", response) == expected


def test_login_asks_for_the_user_and_then_for_the_password() -> None:
    expected = Credentials("LOGIN", "ann", "secret")
    assert credentials_of("LOGIN", encoded("ann"), encoded("secret")) == expected
    assert credentials_of(f"LOGIN {encoded('ann').decode()}", encoded("secret")) == expected


def test_cram_md5_proves_the_password_without_sending_it() -> None:
    digest = hmac.new(b"secret", CHALLENGE, "md5").hexdigest()
    shown = credentials_of("CRAM-MD5", encoded(f"ann {digest}"))
    assert (shown.user, shown.proves("secret"), shown.proves("other")) == ("ann", True, False)


def test_xoauth2_brings_a_token() -> None:
    response = encoded("user=ann@acme.example\x01auth=Bearer t0ken\x01\x01")
    shown = credentials_of(f"XOAUTH2 {response.decode()}")
    assert (shown.user, shown.secret, shown.proves("t0ken")) == ("ann@acme.example", "t0ken", True)


@pytest.mark.parametrize(
    ("argument", "response", "code"),
    [
        ("PLAIN", b"*", 501),
        ("PLAIN", b"no base64!", 501),
        ("PLAIN", encoded("ann"), 501),
        ("PLAIN =", None, 501),
        ("CRAM-MD5", encoded("ann"), 501),
        (f"CRAM-MD5 {encoded('ann x').decode()}", None, 501),
        ("XOAUTH2", encoded("user=ann\x01auth=Basic x\x01\x01"), 501),
        ("DIGEST-MD5", None, 504),
        ("", None, 504),
    ],
)
def test_a_mistake_ends_the_login(argument: str, response: bytes | None, code: int) -> None:
    login = ClientLogin(Login())
    with pytest.raises(AuthMistake) as raised:
        login.respond(response) if login.start(argument, CHALLENGE) and response else None
    assert raised.value.reply.code == code
    assert (login.user, login.is_waiting) == (None, False)


def test_refused_credentials_leave_the_client_unknown() -> None:
    login = ClientLogin(Login(check=lambda _: BAD_CREDENTIALS, required=lambda: True))
    with pytest.raises(AuthMistake, match="535"):
        login.start(f"PLAIN {encoded('x' + chr(0) + 'ann' + chr(0) + 'y').decode()}", CHALLENGE)
    assert login.is_missing


def test_the_keyword_names_the_mechanisms() -> None:
    assert Login().keyword == f"AUTH {' '.join(MECHANISMS)}"
    assert Login(mechanisms=("PLAIN",)).keyword == "AUTH PLAIN"
