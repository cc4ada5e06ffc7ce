"""Where and how a test's gateway listens: IPv6, LMTP, and as a submission port."""

from __future__ import annotations

import smtplib
import socket

import aiosmtplib
import pytest
from mailing import ANN, BOB, SENDER

from probe.testing import GatewayFixture, InputError, MakeGateway

MESSAGE = "Subject: Hello\r\n\r\nHello.\r\n"


def has_ipv6() -> bool:
    """Whether the machine has the loopback address of IPv6."""
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")


@needs_ipv6
@pytest.mark.fivefifty(host="::1")
@pytest.mark.parametrize("client", [smtplib.SMTP, smtplib.SMTP_SSL])
def test_a_gateway_listens_at_ipv6(client: type[smtplib.SMTP], gateway: GatewayFixture) -> None:
    gateway.refuse(BOB, client="::1")
    gateway.refuse(ANN, client="127.0.0.0/8", optional=True)
    with client(gateway.host, gateway.port) as sender:
        if client is smtplib.SMTP:
            sender.starttls(context=gateway.tls_context)
        refused = sender.sendmail(SENDER, [ANN, BOB], MESSAGE)
    assert list(refused) == [BOB]
    assert [message.client for message in gateway.messages] == ["::1"]
    assert "::1 port" in repr(gateway)


@needs_ipv6
async def test_a_client_in_the_same_loop_uses_ipv6(make_gateway: MakeGateway) -> None:
    gateway = make_gateway(host="::1")
    async with aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port) as client:
        await client.sendmail(SENDER, [ANN], MESSAGE)
    gateway.assert_received(recipient=ANN)


def test_a_gateway_listens_at_another_loopback_address(make_gateway: MakeGateway) -> None:
    gateway = make_gateway(host="127.20.0.1")
    with smtplib.SMTP("127.20.0.1", gateway.port) as client:
        client.starttls(context=gateway.tls_context)
        assert client.noop()[0] == 250


@pytest.mark.parametrize("host", ["localhost", "192.0.2.1", "0.0.0.0", "::", "mx.acme.example", ""])
def test_a_gateway_listens_on_loopback_only(host: str, make_gateway: MakeGateway) -> None:
    with pytest.raises(InputError, match="is not an IP address of this machine's loopback") as raised:
        make_gateway(host=host)
    assert raised.value.place == f"gateway(host={host!r})"


@pytest.fixture
def lmtp(make_gateway: MakeGateway) -> GatewayFixture:
    """Return a gateway that speaks LMTP."""
    return make_gateway(lmtp=True)


def test_lmtp_answers_each_recipient_after_the_message(lmtp: GatewayFixture) -> None:
    lmtp.refuse(BOB, at="end-of-data", cause="mailbox-full", reply="452 4.2.2 Mailbox full")
    people = [ANN, BOB, "eve@acme.example"]
    with smtplib.LMTP(lmtp.host, lmtp.port) as client:
        client.ehlo()  # it says LHLO
        client.mail(SENDER)
        assert [client.rcpt(each)[0] for each in people] == [250] * 3
        assert client.docmd("DATA")[0] == 354
        client.send(b"Subject: Hello\r\n\r\nHello.\r\n.\r\n")
        assert [client.getreply()[0] for _ in people] == [250, 452, 250]
        assert client.noop()[0] == 250
    (message,) = lmtp.assert_received(recipient=ANN)
    assert message.recipients == (ANN, "eve@acme.example")
    lmtp.assert_refused(recipient=BOB, stage="end-of-data", count=1)


def test_the_standard_librarys_client_delivers_by_lmtp(lmtp: GatewayFixture) -> None:
    lmtp.mailbox(BOB, state="departed")
    with smtplib.LMTP(lmtp.host, lmtp.port) as client:
        assert client.sendmail(SENDER, [ANN, BOB], MESSAGE) == {BOB: lmtp_refusal(lmtp)}
    lmtp.assert_received(recipient=ANN)


def lmtp_refusal(gateway: GatewayFixture) -> tuple[int, bytes]:
    """Return the reply that the gateway gave last, as smtplib has it."""
    (row,) = gateway.assert_refused(recipient=BOB)
    return row.code, f"{row.enhanced} {row.text}".encode()


def test_a_client_that_speaks_smtp_finds_out_that_it_is_lmtp(lmtp: GatewayFixture) -> None:
    with smtplib.SMTP(lmtp.host, lmtp.port) as client, pytest.raises(smtplib.SMTPHeloError) as raised:
        client.sendmail(SENDER, [ANN], MESSAGE)
    assert raised.value.smtp_code == 500


@pytest.mark.fivefifty(lmtp=True)
def test_lmtp_by_the_marker_with_tls_and_a_login(gateway: GatewayFixture) -> None:
    gateway.require_login({"ann": "secret"})
    with smtplib.LMTP(gateway.host, gateway.port) as client:
        client.starttls(context=gateway.tls_context)
        client.login("ann", "secret")
        client.sendmail(SENDER, [ANN], MESSAGE)
    gateway.assert_received(recipient=ANN)


def test_as_a_submission_port_it_takes_a_login_only_over_tls(gateway: GatewayFixture) -> None:
    gateway.require_login({"ann": "secret"}, tls=True)
    with smtplib.SMTP(gateway.host, gateway.port) as client:
        client.ehlo()
        assert not client.has_extn("auth")
        assert client.mail(SENDER) == (530, b"5.7.0 Must issue a STARTTLS command first")
        assert client.docmd("AUTH", "PLAIN AGFubgBzZWNyZXQ=")[0] == 538
        with pytest.raises(smtplib.SMTPNotSupportedError):
            client.login("ann", "secret")
        client.starttls(context=gateway.tls_context)
        client.ehlo()
        assert client.mail(SENDER) == (530, b"5.7.0 Authentication required")
        client.login("ann", "secret")
        client.sendmail(SENDER, [ANN], MESSAGE)
    with smtplib.SMTP_SSL(gateway.host, gateway.port, context=gateway.tls_context) as client:
        client.login("ann", "secret")
        client.sendmail(SENDER, [BOB], MESSAGE)
    gateway.assert_received(count=2)
    assert [each.accepted for each in gateway.logins] == [True, True]
