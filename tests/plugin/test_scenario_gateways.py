"""A gateway of a test that comes from a scenario, from a persona file, or from an imported log."""

from __future__ import annotations

import smtplib
from pathlib import Path

import pytest
from fivefifty_command import fivefifty
from mailing import mail, message

from fake_gateways.personas import text_of
from probe.testing import GatewayFixture, InputError, MakeGateway

SCENARIO = """
schema = 1
name = "two-companies"
title = "Two companies"
seed = 7
starts = 2026-04-01T08:00:00Z

[sender]
helo = "mta1.shop.example"
return_path = "bounce.shop.example"
ips = [{ address = "127.10.0.1" }]
rate = "10/1s"
retry = { first = "5m" }

[[campaign]]
name = "news"
message = "news.eml"
recipients = { count = 4 }

[[gateway]]
name = "acme"
persona = "proofpoint"
domains = ["acme.example"]
mailboxes = { count = 2 }
mailbox = [{ address = "gone@acme.example", state = "departed" }, { address = "ann@acme.example", state = "present" }]
claims = { content = "user-unknown" }

  [[gateway.policy]]
  type = "content"
  refuse_at = 5.0
  rules = [{ where = "subject", pattern = "lottery", points = 9.0 }]

[[gateway]]
name = "other"
persona = "postfix"
domains = ["other.example"]
mailbox = [{ address = "bob@other.example", state = "present" }]

  [[gateway.policy]]
  type = "greylisting"
  wait = "5m"

  [[gateway.policy]]
  type = "spf"

  [[gateway.policy]]
  type = "tarpit"
  delay = "5m"
  slows = "everything"
"""
ANN, BOB, GONE = "ann@acme.example", "bob@other.example", "gone@acme.example"
SENDER = "news@bounce.shop.example"
LOG = """\
Mar  2 08:00:01 mail postfix/smtp[1]: 4F1A2B3C4D: to=<ann@acme.example>, relay=mx.acme.example[192.0.2.1]:25, delay=1, \
delays=0/0/0/1, dsn=5.1.1, status=bounced (host mx.acme.example[192.0.2.1] said: 550 5.1.1 no such person here \
(in reply to RCPT TO command))
Mar  2 08:00:02 mail postfix/smtp[1]: 4F1A2B3C5E: to=<bob@acme.example>, relay=mx.acme.example[192.0.2.1]:25, delay=1, \
delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a scenario of two gateways."""
    (tmp_path / "two.toml").write_text(SCENARIO, "utf-8")
    (tmp_path / "news.eml").write_text("From: news@shop.example\nSubject: Hello\n\nHello.\n", "utf-8")
    return tmp_path


def test_a_gateway_of_a_scenario_has_its_policies_mailboxes_and_lies(folder: Path, make_gateway: MakeGateway) -> None:
    gateway = make_gateway(scenario=folder / "two.toml", name="acme")
    assert mail(gateway, ANN).startswith("250")
    assert mail(gateway, GONE) == "550 5.1.1 User Unknown"
    assert mail(gateway, BOB).startswith("550 5.7.1")  # no relay
    assert mail(gateway, ANN, content=message("You won the lottery")) == "550 5.1.1 User Unknown"
    gateway.assert_refused(recipient=ANN, cause="content", claimed="user-unknown", count=1)
    assert gateway.truth[0].at == 1775030400.0  # when the scenario starts


def test_rules_and_mailboxes_of_the_test_come_first(folder: Path, make_gateway: MakeGateway) -> None:
    gateway = make_gateway(scenario=folder / "two.toml", name="acme.example")
    refusal = gateway.refuse("acme.example", cause="velocity", reply="451 4.7.1 Slow down")
    assert mail(gateway, ANN) == "451 4.7.1 Slow down"
    refusal.lift()
    gateway.mailbox(GONE, state="present")
    gateway.mailbox("acme.example", state="full")
    assert mail(gateway, GONE).startswith("250")
    assert mail(gateway, ANN).startswith("452")
    gateway.require_login({"ann": "secret"})
    assert mail(gateway, ANN).startswith("530")


def test_time_and_names_are_simulated_and_the_test_does_not_wait(folder: Path, make_gateway: MakeGateway) -> None:
    gateway = make_gateway(scenario=folder / "two.toml", name="other")
    assert mail(gateway, BOB, sender=SENDER).startswith("450")
    gateway.let_pass("5m")
    assert mail(gateway, BOB, sender=SENDER).startswith("250")
    assert mail(gateway, BOB, sender=SENDER, client="127.99.0.1").startswith("550")  # not in the SPF record
    gateway.assert_refused(cause="authentication", count=1)


def test_messages_that_are_accepted_and_bounced_later_are_returned(folder: Path, make_gateway: MakeGateway) -> None:
    text = SCENARIO.replace("refuse_at = 5.0", 'refuse_at = 5.0\n  instead = "bounce"')
    (folder / "two.toml").write_text(text, "utf-8")
    gateway = make_gateway(scenario=str(folder / "two.toml"), name="acme")
    assert mail(gateway, ANN, content=message("You won the lottery")).startswith("250")
    gateway.assert_received(recipient=ANN, subject="*lottery")
    (returned,) = gateway.returned
    assert b"Final-Recipient: rfc822; ann@acme.example" in returned


def test_a_scenario_may_be_text_or_one_that_comes_with_fivefifty(folder: Path, make_gateway: MakeGateway) -> None:
    alone = SCENARIO[: SCENARIO.rindex("[[gateway]]")]
    gateway = GatewayFixture(scenario=alone, root=folder)
    with gateway:
        assert mail(gateway, GONE).startswith("550")
    assert make_gateway(scenario="harvest_block", name="wary-1").truth == ()


def test_a_gateway_replays_an_imported_log(tmp_path: Path, make_gateway: MakeGateway) -> None:
    (tmp_path / "mail.log").write_text(LOG, "utf-8")
    done = fivefifty(
        "import", "mail.log", "--from", "postfix", "--out", "acme", "--keep-names", "--year", "2026", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    gateway = make_gateway(scenario=tmp_path / "acme" / "scenario.toml")
    assert mail(gateway, "ann@acme.example") == "550 5.1.1 no such person here"
    assert mail(gateway, "bob@acme.example").startswith("250")


def test_a_persona_file_is_relative_to_the_project(pytester: pytest.Pytester) -> None:
    text = text_of("mimecast").replace("Invalid Recipient", "Nobody of that name")
    (pytester.mkdir("personas") / "ours.toml").write_text(text.replace('name = "mimecast"', 'name = "ours"'), "utf-8")
    pytester.makepyfile(
        """
        import smtplib
        from pathlib import Path

        import pytest

        def refusal(gateway):
            gateway.mailbox("bob@acme.example", state="departed")
            with smtplib.SMTP(gateway.host, gateway.port) as client:
                client.ehlo()
                client.mail("news@shop.example")
                return client.rcpt("bob@acme.example")[1]

        @pytest.mark.fivefifty(persona="personas/ours.toml")
        def test_marker(gateway):
            assert refusal(gateway).startswith(b"Nobody of that name")

        def test_path(make_gateway, monkeypatch, tmp_path):
            monkeypatch.chdir(tmp_path)
            assert refusal(make_gateway(Path("personas/ours.toml"))).startswith(b"Nobody of that name")
        """
    )
    pytester.runpytest_inprocess("-W", "error", "-p", "no:asyncio", "-p", "no:cacheprovider").assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"scenario": "two.toml"}, "gateway(name=None): {}/two.toml has 2 gateways; use one of: acme, other"),
        (
            {"scenario": "two.toml", "name": "acmee"},
            "gateway(name='acmee'): is not a gateway of {}/two.toml; did you mean acme?",
        ),
        ({"name": "acme"}, "gateway(name='acme'): is without a scenario; give the scenario, too"),
        (
            {"scenario": "two.toml", "persona": "postfix"},
            "gateway(persona='postfix'): is given beside a scenario; omit one of the two",
        ),
    ],
)
def test_a_mistake_is_one_sentence(settings: dict[str, str], sentence: str, folder: Path) -> None:
    with pytest.raises(InputError) as raised:
        GatewayFixture(root=folder, **settings)  # type: ignore[arg-type]
    assert str(raised.value) == sentence.replace("{}", str(folder))


SERVED = """
schema = 1
name = "served"
title = "A gateway without a sender"
seed = 7
starts = 2026-04-01T08:00:00Z

[[gateway]]
name = "acme"
persona = "postfix"
domains = ["acme.example"]
mailbox = [{ address = "ann@acme.example", state = "present" }]
lmtp = true
login = { required = true, tls = true, accounts = { ann = "secret" } }
"""


def test_a_scenario_without_a_sender_says_who_may_log_in_and_in_which_protocol(make_gateway: MakeGateway) -> None:
    gateway = make_gateway(scenario=SERVED)
    with smtplib.LMTP(gateway.host, gateway.port) as client:
        client.ehlo()
        assert client.mail(SENDER)[0] == 530
        client.starttls(context=gateway.tls_context)
        with pytest.raises(smtplib.SMTPAuthenticationError):
            client.login("ann", "guessed")
        client.login("ann", "secret")
        client.sendmail(SENDER, [ANN], message())
    gateway.assert_received(recipient=ANN)
    assert [each.accepted for each in gateway.logins][-1]
