"""Gateways that are slow, hang, or cut the connection, in real time that the test chooses."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import aiosmtplib
import pytest
from deadline import until
from inner_pytest import run
from mailing import ANN, BOB, SENDER, mail

from probe.testing import GatewayFixture, MakeGateway, StageName

STAGES = ["connect", "ehlo", "mail", "rcpt", "data", "end-of-data"]
PATIENCE_S = 0.2


def send(gateway: GatewayFixture, *recipients: str, timeout: float = 20) -> None:
    """Send a message with the standard library, and a timeout."""
    with smtplib.SMTP(gateway.host, gateway.port, timeout=timeout) as client:
        client.sendmail(SENDER, recipients or [ANN], "Subject: Hello\r\n\r\nHello.\r\n")


@pytest.mark.parametrize("at", STAGES)
def test_the_connection_is_cut_without_a_reply_at_any_stage(at: StageName, gateway: GatewayFixture) -> None:
    gateway.cut(at=at)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(gateway)
    assert gateway.messages == ()
    assert [(row.stage, row.cause, row.fate, row.code) for row in gateway.truth] == [(at, "system", "cut", 0)]


@pytest.mark.parametrize("at", STAGES)
def test_a_gateway_hangs_at_any_stage_until_the_client_gives_up(at: StageName, gateway: GatewayFixture) -> None:
    gateway.hang(at=at)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(gateway, timeout=PATIENCE_S)
    if at in {"rcpt", "data", "end-of-data"}:
        until(lambda: [row.fate for row in gateway.truth] == ["cut"], told=lambda: gateway.truth)
    assert gateway.messages == ()


def test_a_gateway_that_hangs_is_closed_at_the_end_of_the_test(gateway: GatewayFixture) -> None:
    gateway.hang(at="mail")
    client = smtplib.SMTP(gateway.host, gateway.port, timeout=20)
    client.ehlo()
    client.putcmd(f"MAIL FROM:<{SENDER}>")
    until(lambda: gateway._rules.missed == [])
    gateway.close()
    with pytest.raises(smtplib.SMTPServerDisconnected):
        client.getreply()


async def test_a_client_in_the_same_loop_gives_up(gateway: GatewayFixture) -> None:
    gateway.hang(ANN, attempts=1)
    client = aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port, timeout=PATIENCE_S)
    await client.connect()
    with pytest.raises(aiosmtplib.SMTPReadTimeoutError):
        await client.sendmail(SENDER, [ANN], "Subject: Hello\r\n\r\nHello.\r\n")
    client.close()
    async with aiosmtplib.SMTP(hostname=gateway.host, port=gateway.port) as again:
        await again.sendmail(SENDER, [ANN], "Subject: Hello\r\n\r\nHello.\r\n")
    gateway.assert_received(recipient=ANN, count=1)


def test_a_reply_is_delayed_by_real_time_and_the_gateways_clock_stands_still(gateway: GatewayFixture) -> None:
    gateway.delay("200ms", ANN)
    began = time.monotonic()
    assert mail(gateway, BOB).startswith("250")
    assert mail(gateway, ANN).startswith("250")
    assert time.monotonic() - began >= 0.2
    assert [row.at for row in gateway.truth] == [gateway.truth[0].at] * 2


def test_delays_add_up_before_a_refusal_and_each_rule_counts_once(gateway: GatewayFixture) -> None:
    gateway.delay("50ms", at="rcpt")
    gateway.delay("50ms", at="rcpt", attempts=1)
    gateway.refuse(ANN, attempts=1, cause="greylisted")
    began = time.monotonic()
    assert mail(gateway, ANN).startswith("450")
    assert time.monotonic() - began >= 0.1
    assert mail(gateway, ANN).startswith("250")


def test_a_sender_that_retries_by_itself_passes_a_short_greylisting(gateway: GatewayFixture) -> None:
    gateway.refuse("acme.example", wait="100ms", cause="greylisted")
    tries = 0

    def is_accepted() -> bool:
        nonlocal tries
        tries += 1
        return mail(gateway, ANN).startswith("250")

    until(is_accepted)
    assert tries > 1


@pytest.mark.parametrize("how", [GatewayFixture.cut, GatewayFixture.hang])
def test_a_fault_can_be_lifted(how: Callable[..., object], gateway: GatewayFixture) -> None:
    fault = gateway.cut(ANN) if how is GatewayFixture.cut else gateway.hang(ANN)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        send(gateway, timeout=PATIENCE_S)
    fault.lift()
    send(gateway)
    gateway.assert_received(recipient=ANN)


@pytest.mark.parametrize("lmtp", [False, True])
def test_clients_in_many_threads_are_served_at_once(lmtp: bool, make_gateway: MakeGateway) -> None:  # noqa: FBT001 - a parameter
    gateway = make_gateway(lmtp=lmtp)
    gateway.delay("20ms", at="end-of-data")
    gateway.refuse("b*", at="rcpt", attempts=1, cause="greylisted")

    def send_to(number: int) -> None:
        with (smtplib.LMTP if lmtp else smtplib.SMTP)(gateway.host, gateway.port, timeout=20) as client:
            people = [f"{name}{number}@acme.example" for name in "ab"]
            assert list(client.sendmail(SENDER, people, "Subject: Hello\r\n\r\nHello.\r\n")) == people[1:]

    with ThreadPoolExecutor(12) as pool:
        list(pool.map(send_to, range(24)))
    assert sorted(message.recipients for message in gateway.messages) == sorted(
        (f"a{number}@acme.example",) for number in range(24)
    )


def test_a_rule_that_never_applied_fails_the_test_that_passed(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import smtplib

        def send(gateway):
            with smtplib.SMTP(gateway.host, gateway.port) as client:
                client.sendmail("news@shop.example", ["ann@acme.example"], "Subject: Hello")

        def test_a_typing_mistake(gateway):
            gateway.refuse("acme.exmaple")
            send(gateway)

        def test_nothing_was_sent(gateway):
            gateway.cut(at="connect")

        def test_failed(gateway):
            gateway.refuse("acme.exmaple")
            assert False

        def test_optional(gateway):
            gateway.refuse("acme.exmaple", optional=True)
            send(gateway)
        """
    )
    done = run(pytester)
    done.assert_outcomes(passed=3, failed=1, errors=2)
    done.stdout.fnmatch_lines(
        [
            "*ERROR at teardown of test_a_typing_mistake*",
            "gateway.refuse('acme.exmaple') never applied.",
            "Correct it, or give it optional=True if nobody may meet it.",
            "Recipients that the gateway heard of:",
            "  1. ann@acme.example",
            "*ERROR at teardown of test_nothing_was_sent*",
            "gateway.cut(at='connect') never applied.",
            "Correct it, or give it optional=True if nobody may meet it.",
            "Recipients that the gateway heard of: nothing.",
        ],
        consecutive=True,
    )
