"""Mail over a line that is not encrypted."""

from __future__ import annotations

from lone_gateway import LoneGateway, policy

from fake_gateways.truth import Cause


def test_mail_in_the_clear_is_refused_and_encrypted_mail_taken() -> None:
    lone = LoneGateway("symantec-cloud", policies=[policy("tls-required", at="mail")])
    client = lone.call()
    assert not client.mail()[-1].accepts
    assert client.say("STARTTLS").code == 220
    client.session.secured()
    client.say("EHLO mta1.messenger.example")
    assert client.mail()[-1].accepts
    assert [row.cause for row in lone.truths] == [Cause.TLS_REQUIRED]
