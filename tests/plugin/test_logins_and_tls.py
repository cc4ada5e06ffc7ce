"""Senders that log in and encrypt meet the gateway of a test."""

from __future__ import annotations

import os
import smtplib
import ssl
from collections.abc import Callable
from pathlib import Path

import aiosmtplib
import pytest

from probe.testing import GatewayFixture, InputError

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "cases" / "pytest_auth" / "test_auth.py"
MESSAGE = "Subject: Hello\r\n\r\nHello Ann.\r\n"
ANN = "ann@acme.example"
NEWS = "news@shop.example"


def unauthenticated(client: smtplib.SMTP) -> int:
    client.ehlo()
    return client.mail(NEWS)[0]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_any_login_is_accepted_by_default(gateway: GatewayFixture, mechanism: str) -> None:
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.ehlo()
        client.esmtp_features["auth"] = mechanism
        client.login("ann", "secret")
        client.sendmail(NEWS, [ANN], MESSAGE)
    gateway.assert_received(recipient=ANN)
    assert [tuple(each) for each in gateway.logins] == [(mechanism, "ann", True)]


def test_a_token_is_accepted_by_default(gateway: GatewayFixture) -> None:
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.ehlo()
        client.auth("XOAUTH2", lambda _=None: "user=ann\x01auth=Bearer t0ken\x01\x01")
    assert [(each.mechanism, each.user) for each in gateway.logins] == [("XOAUTH2", "ann")]


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN", "CRAM-MD5"])
def test_only_the_accounts_that_a_test_names_may_log_in(gateway: GatewayFixture, mechanism: str) -> None:
    gateway.require_login({"ann": "secret"})
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.ehlo()
        client.esmtp_features["auth"] = mechanism
        assert client.mail(NEWS)[0] == 530
        with pytest.raises(smtplib.SMTPAuthenticationError) as raised:
            client.login("ann", "guessed")
        assert raised.value.smtp_code == 535
        client.login("ann", "secret")
        client.sendmail(NEWS, [ANN], MESSAGE)
    assert [each.accepted for each in gateway.logins] == [False, True]


def test_a_login_is_refused_with_the_reply_of_the_test(gateway: GatewayFixture) -> None:
    gateway.refuse_login("454 4.7.0 Temporary authentication failure")
    with smtplib.SMTP(gateway.host, gateway.port) as client, pytest.raises(smtplib.SMTPAuthenticationError) as raised:
        client.login("ann", "secret")
    assert (raised.value.smtp_code, raised.value.smtp_error) == (454, b"4.7.0 Temporary authentication failure")


def test_a_login_that_is_throttled_succeeds_later(gateway: GatewayFixture) -> None:
    refusal = gateway.refuse_login("454 4.7.0 Temporary authentication failure", attempts=1)
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.ehlo()
        client.esmtp_features["auth"] = "PLAIN"  # it tries each mechanism that is offered, at once
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("ann", "secret")
        client.login("ann", "secret")
    again = gateway.refuse_login()
    again.lift()
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.login("ann", "secret")
    assert [each.accepted for each in gateway.logins][-1] is True
    assert "refuse_login" in repr(refusal)


@pytest.mark.parametrize("reply", ["235 ok", "no reply", "535 5.7.8 no {recipient}"])
def test_a_reply_that_cannot_refuse_a_login_is_a_mistake(gateway: GatewayFixture, reply: str) -> None:
    with pytest.raises(InputError, match=r"^gateway.refuse_login\(reply="):
        gateway.refuse_login(reply)


def test_a_second_login_and_one_within_a_transaction_are_out_of_order(gateway: GatewayFixture) -> None:
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.login("ann", "secret")
        assert client.docmd("AUTH", "PLAIN")[0] == 503
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        assert unauthenticated(client) == 250
        assert client.docmd("AUTH", "PLAIN")[0] == 503


def test_a_client_can_verify_the_certificate_with_starttls(gateway: GatewayFixture) -> None:
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.starttls(context=gateway.tls_context)
        client.sendmail(NEWS, [ANN], MESSAGE)
    gateway.assert_received(recipient=ANN)


@pytest.mark.parametrize("context", [ssl.create_default_context, lambda: None])
def test_a_client_can_use_tls_from_the_start(
    gateway: GatewayFixture, context: Callable[[], ssl.SSLContext | None]
) -> None:
    # The default context trusts the gateway too, by SSL_CERT_FILE.
    with smtplib.SMTP_SSL(gateway.host, gateway.port, context=context()) as client:
        client.login("ann", "secret")
        client.sendmail(NEWS, [ANN], MESSAGE)
        assert "starttls" not in client.esmtp_features
    gateway.assert_received(recipient=ANN)


@pytest.mark.parametrize("use_tls", [False, True])
async def test_aiosmtplib_encrypts_and_verifies_as_it_does_by_default(
    gateway: GatewayFixture, *, use_tls: bool
) -> None:
    async with aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port, use_tls=use_tls) as client:
        await client.login("ann", "secret")
        await client.sendmail(NEWS, [ANN], MESSAGE)
        assert client.transport is not None
        assert client.transport.get_extra_info("sslcontext") is not None
    gateway.assert_received(recipient=ANN)


def test_a_client_that_does_not_trust_the_certificate_finds_out(gateway: GatewayFixture) -> None:
    strict = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    with smtplib.SMTP(gateway.host, gateway.port) as client, pytest.raises(ssl.SSLCertVerificationError):
        client.starttls(context=strict)


def test_other_programs_are_told_the_file_of_certificates(gateway: GatewayFixture) -> None:
    assert gateway.ca_file is not None
    for name in ("SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        assert os.environ[name] == str(gateway.ca_file)
    assert gateway.ca_file.read_bytes().count(b"BEGIN CERTIFICATE") >= 1


@pytest.mark.skipif(not SHARED.exists(), reason="the shared cases are not beside the checkout")
def test_the_senders_of_the_shared_cases_are_accepted(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(SHARED.read_text("utf-8"))
    pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "-o", "asyncio_default_fixture_loop_scope=function"
    ).assert_outcomes(passed=4)
