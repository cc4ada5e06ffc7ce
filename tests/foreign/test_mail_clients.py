"""Libraries that send mail, used as they are by default, meet a test's gateway: logins, encryption, odd messages."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import smtplib
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final, NamedTuple

import aiosmtplib
import pytest
from deadline import DEADLINE_S

from probe.testing import GatewayFixture

pytestmark = pytest.mark.foreign

NEWS: Final = "news@shop.example"
ANN: Final = "ann@acme.example"
LONG: Final = "x" * 5000


class Way(NamedTuple):
    """How to send: with TLS from the start ("implicit"), by STARTTLS, or in the clear; and with which login."""

    tls: str = ""
    user: str = ""
    password: str = ""


class FailedError(Exception):
    """The message was not sent; the text is what the library says."""


Send = Callable[[GatewayFixture, Way, list[str], str], None]
"""Sends a message with a text to recipients; raises FailedError."""


def message(recipients: list[str], text: str) -> EmailMessage:
    """Return a message; all recipients but the first are blind copies."""
    made = EmailMessage(policy=SMTP)
    made["From"], made["To"], made["Subject"] = NEWS, recipients[0], "Grüße"
    made.set_content(text)
    return made


def by_smtplib(gateway: GatewayFixture, way: Way, recipients: list[str], text: str) -> None:
    """Send with the standard library."""
    make = smtplib.SMTP_SSL if way.tls == "implicit" else smtplib.SMTP
    try:
        with make(gateway.host, gateway.port, timeout=DEADLINE_S) as client:
            if way.tls == "starttls":
                client.starttls(context=gateway.tls_context)
            if way.user:
                client.login(way.user, way.password)
            client.send_message(message(recipients, text), NEWS, recipients)
    except smtplib.SMTPException as error:
        raise FailedError(str(error)) from error


def by_aiosmtplib(gateway: GatewayFixture, way: Way, recipients: list[str], text: str) -> None:
    """Send with aiosmtplib, which encrypts whenever it can."""
    sending = aiosmtplib.send(
        message(recipients, text),
        sender=NEWS,
        recipients=recipients,
        hostname=gateway.host,
        port=gateway.port,
        username=way.user or None,
        password=way.password or None,
        use_tls=way.tls == "implicit",
        start_tls=True if way.tls == "starttls" else None,
        timeout=DEADLINE_S,
    )
    try:
        asyncio.run(sending)
    except aiosmtplib.SMTPException as error:
        raise FailedError(str(error)) from error


def by_django(gateway: GatewayFixture, way: Way, recipients: list[str], text: str) -> None:
    """Send with Django's SMTP backend."""
    django = pytest.importorskip("django", reason="Django is not installed (pip install django)")
    mail = pytest.importorskip("django.core.mail")
    settings = django.conf.settings
    if not settings.configured:
        settings.configure()
    connection = mail.get_connection(
        "django.core.mail.backends.smtp.EmailBackend",
        host=gateway.host,
        port=gateway.port,
        username=way.user,
        password=way.password,
        use_tls=way.tls == "starttls",
        use_ssl=way.tls == "implicit",
        timeout=DEADLINE_S,
    )
    first, *others = recipients
    made = mail.EmailMessage("Grüße", text, NEWS, [first], bcc=others, connection=connection)
    try:
        assert made.send() == 1
    except smtplib.SMTPException as error:
        raise FailedError(str(error)) from error
    finally:
        connection.close()  # a refused login leaves it open


NODE_SCRIPT: Final = """
const {host, port, secure, requireTLS, auth, mail} = JSON.parse(process.argv[1]);
const transport = require('nodemailer').createTransport({host, port, secure, requireTLS, auth});
transport.sendMail(mail).catch(error => { console.log(error.message); process.exitCode = 3; })
    .finally(() => transport.close());
"""


def by_nodemailer(gateway: GatewayFixture, way: Way, recipients: list[str], text: str) -> None:
    """Send with nodemailer, from a folder of modules in NODE_PATH or where node looks for them."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    if subprocess.run([node, "-e", "require('nodemailer')"], capture_output=True, check=False).returncode:
        pytest.skip("nodemailer is not installed (npm install nodemailer; NODE_PATH names its node_modules)")
    first, *others = recipients
    settings = {
        "host": gateway.host,
        "port": gateway.port,
        "secure": way.tls == "implicit",
        "requireTLS": way.tls == "starttls",
        "auth": {"user": way.user, "pass": way.password} if way.user else None,
        "mail": {"from": NEWS, "to": first, "bcc": others, "subject": "Grüße", "text": text},
    }
    done = subprocess.run(
        [node, "-e", NODE_SCRIPT, json.dumps(settings)],
        capture_output=True,
        check=False,
        encoding="utf-8",
        env=os.environ | {"NODE_NO_WARNINGS": "1"},
        timeout=DEADLINE_S,
    )
    if done.returncode == 3:
        raise FailedError(done.stdout)
    assert done.returncode == 0, done.stderr


SENDERS: Final[dict[str, Send]] = {
    "smtplib": by_smtplib,
    "aiosmtplib": by_aiosmtplib,
    "django": by_django,
    "nodemailer": by_nodemailer,
}


@pytest.fixture(params=SENDERS)
def send(request: pytest.FixtureRequest) -> Send:
    """Return a way to send a message, by each library."""
    return SENDERS[request.param]


@pytest.mark.parametrize("tls", ["", "starttls", "implicit"])
def test_it_logs_in_and_encrypts_as_it_does_by_default(tls: str, send: Send, gateway: GatewayFixture) -> None:
    send(gateway, Way(tls, "ann", "secret"), [ANN], "Hello.")
    (received,) = gateway.assert_received(recipient=ANN, subject="Grüße", content="Hello")
    assert received.sender == NEWS
    assert [(each.user, each.accepted) for each in gateway.logins] == [("ann", True)]


@pytest.mark.parametrize("way", [Way(), Way("starttls"), Way("implicit")])
def test_it_sends_without_a_login(way: Way, send: Send, gateway: GatewayFixture) -> None:
    send(gateway, way, [ANN], "Hello.")
    gateway.assert_received(recipient=ANN, count=1)


def test_it_hears_that_its_login_is_refused(send: Send, gateway: GatewayFixture) -> None:
    gateway.require_login({"ann": "secret"}, tls=True)
    with pytest.raises(FailedError, match="credentials invalid"):
        send(gateway, Way("starttls", "ann", "guessed"), [ANN], "Hello.")
    send(gateway, Way("starttls", "ann", "secret"), [ANN], "Hello.")
    gateway.assert_received(recipient=ANN, count=1)


def test_it_hears_why_a_recipient_is_refused(send: Send, gateway: GatewayFixture) -> None:
    gateway.refuse("acme.example", cause="user-unknown", reply="550-5.1.1 No such user\n550 5.1.1 here")
    with pytest.raises(FailedError, match=r"(?s)No such user.*here"):
        send(gateway, Way(), [ANN], "Hello.")
    gateway.assert_refused(recipient=ANN, code=550)


def test_blind_copies_quoted_local_parts_and_long_lines_arrive(send: Send, gateway: GatewayFixture) -> None:
    people = [ANN, "bcc@acme.example", '"odd user"@acme.example']
    send(gateway, Way(), people, LONG)
    (received,) = gateway.assert_received(recipient="bcc@acme.example")
    assert set(received.recipients) == set(people)
    assert received.text.replace(" ", "") == LONG


@pytest.mark.parametrize("at", ["connect", "end-of-data"])
def test_it_hears_that_the_connection_is_cut(at: str, send: Send, gateway: GatewayFixture) -> None:
    gateway.cut(at=at)  # type: ignore[arg-type]
    with pytest.raises(FailedError):
        send(gateway, Way(), [ANN], "Hello.")
    gateway.assert_nothing_received()
