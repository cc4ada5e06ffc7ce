"""serve for clients that log in and encrypt: submission ports, TLS from the start, the certificate, LMTP."""

from __future__ import annotations

import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fivefifty_command import complaint, fivefifty, free_port
from serve_process import serving

GATEWAYS = """
schema = 1
name = "lab"
title = "Gateways without a sender"
seed = 7
clock = "wall"
starts = 2026-03-02T08:00:00Z

[[gateway]]
name = "acme"
address = "127.2.0.1"
domains = ["acme.example"]
mailboxes = { count = 2 }
mailbox = [{ address = "ann@acme.example" }]
login = { required = true, accounts = { news = "secret" }, limit = "2/1m" }

[[gateway]]
name = "store"
address = "127.2.0.2"
domains = ["store.example"]
mailboxes = { count = 2 }
mailbox = [{ address = "sam@store.example" }]
lmtp = true
"""
MAIL = "Subject: Hello\r\n\r\nHello.\r\n"


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A scenario with gateways only."""
    path = tmp_path_factory.mktemp("gateways") / "gateways.toml"
    path.write_text(GATEWAYS, "utf-8")
    return path


class Served:
    """The ports and files of the gateways."""

    def __init__(self, out: Path, smtp: int, submission: int, tls: int, said: list[str]) -> None:
        self.smtp, self.submission, self.tls, self.said = smtp, submission, tls, said
        self.ca, self.java = out / "ca.pem", out / "ca.p12"
        self.trusting = ssl.create_default_context(cafile=self.ca)


@pytest.fixture(scope="module")
def served(scenario: Path) -> Iterator[Served]:
    """The gateways while they are served."""
    submission, tls = free_port(), free_port()
    out = scenario.parent / "run"
    options = ("--submission-port", str(submission), "--tls-port", str(tls))
    with serving(scenario, out, options=options) as gateways:
        yield Served(out, gateways.port, submission, tls, gateways.said)


def test_a_client_that_verifies_the_certificate_logs_in_from_the_start_in_tls(served: Served) -> None:
    with smtplib.SMTP_SSL("127.2.0.1", served.tls, context=served.trusting) as client:
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.sendmail("news@shop.example", ["ann@acme.example"], MAIL)
        assert (refused.value.smtp_code, refused.value.smtp_error) == (530, b"5.7.0 Authentication required")
        client.login("news", "secret")
        assert client.sendmail("news@shop.example", ["ann@acme.example"], MAIL) == {}


def test_a_submission_port_offers_starttls_and_counts_failed_logins(served: Served) -> None:
    with smtplib.SMTP("127.2.0.1", served.submission) as client:
        client.starttls(context=served.trusting)
        client.ehlo()
        replies = [client.docmd("AUTH", "PLAIN AHRyaWVyAGJhZA==") for _ in range(3)]
    bad, later = b"5.7.8 Authentication credentials invalid", b"4.7.0 Temporary authentication failure"
    assert replies == [(535, bad), (535, bad), (454, later)]


def test_a_gateway_may_speak_lmtp_with_a_reply_for_each_recipient(served: Served) -> None:
    with smtplib.LMTP("127.2.0.2", served.smtp) as client:
        refused = client.sendmail("news@shop.example", ["sam@store.example", "nobody@store.example"], MAIL)
    assert {recipient: code for recipient, (code, _) in refused.items()} == {"nobody@store.example": 550}


def test_the_directions_name_ports_certificate_and_environment(served: Served) -> None:
    said = "\n".join(served.said)
    ports = f"port {served.smtp}, {served.submission} for clients that log in, {served.tls} in TLS from the start"
    assert ports in said
    assert f"SSL_CERT_FILE={served.ca}" in said
    assert f"NODE_EXTRA_CA_CERTS={served.ca}" in said


def test_java_reads_the_trust_store(served: Served) -> None:
    keytool = shutil.which("keytool")
    if keytool is None:
        pytest.skip("needs keytool (Debian package default-jre-headless)")
    done = subprocess.run(
        [keytool, "-list", "-keystore", served.java, "-storepass", "changeit"],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert "fivefifty" in done.stdout
    assert "trustedCertEntry" in done.stdout


def test_what_is_only_for_serve_is_refused_by_run_with_every_reason(scenario: Path) -> None:
    done = fivefifty("run", scenario)
    assert [line.partition(f"{scenario}: ")[2] for line in done.stderr.splitlines()] == [
        "sender: is missing; add it",
        "campaign: is missing; add it",
        (
            "gateway.acme.login.required: refuses all mail of run, whose sender does not log in; remove it, "
            "or use fivefifty serve"
        ),
        "gateway.store.lmtp: is for fivefifty serve; remove it, or use fivefifty serve",
    ]


def test_a_port_in_use_names_its_option(scenario: Path, served: Served, tmp_path: Path) -> None:
    sentence = complaint(
        fivefifty("serve", scenario, "--port", free_port(), "--tls-port", served.tls, "--out", tmp_path / "run")
    )
    assert sentence == (
        f"127.2.0.1 port {served.tls}: is in use; stop the other server or choose another with --tls-port"
    )
