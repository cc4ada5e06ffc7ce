"""All checks together, and DANE, which counts only where the zone is signed."""

from __future__ import annotations

import pytest
from looking import answering

from fake_gateways.verdict import Question
from probe.listed.answer import Came, Reply
from probe.listed.posture.checks import checked_posture, dane
from probe.listed.posture.finding import Grade, Identity
from probe.listed.subject import Subject

ADDRESS, DOMAIN = Subject("192.0.2.1", "address"), Subject("acme.example", "domain")
NOWHERE = Reply(Came.NO_NAME)
MX, TLSA = ("acme.example", "MX"), ("_25._tcp.mx.acme.example", "TLSA")


async def test_everything_that_was_named_is_checked() -> None:
    identity = Identity("mta.acme.example", "bounce.acme.example", ("s1",))
    found = await checked_posture([ADDRESS], [DOMAIN], identity, NOWHERE, answering({}))
    assert [(each.subject, each.check) for each in found] == [
        ("192.0.2.1", "ptr"),
        ("192.0.2.1", "helo"),
        ("bounce.acme.example", "spf"),
        ("acme.example", "dkim s1"),
        ("acme.example", "dmarc"),
        ("acme.example", "mta-sts"),
        ("acme.example", "tls-rpt"),
        ("acme.example", "dane"),
    ]
    few = await checked_posture([ADDRESS], [DOMAIN], Identity(), NOWHERE, answering({}))
    assert {each.check for each in few} == {"ptr", "spf", "dmarc", "mta-sts", "tls-rpt", "dane"}


async def test_nothing_is_asked_of_a_resolver_that_is_silent_or_makes_names_up() -> None:
    asked: list[str] = []
    for untrue in (Reply(Came.RECORDS, ("192.0.2.80",)), Reply(Came.NOTHING)):
        found = await checked_posture([ADDRESS], [DOMAIN], Identity(), untrue, answering({}, asked))
        assert [(each.check, each.grade) for each in found] == [("resolver", Grade.UNKNOWN)] * 2
    assert asked == []


@pytest.mark.parametrize("came", [Came.FAILURE, Came.NOTHING, Came.CUT])
async def test_dane_without_an_answer_is_unknown(came: Came) -> None:
    assert (await dane("acme.example", answering({MX: came}))).grade is Grade.UNKNOWN
    records = {MX: ("10 mx.acme.example.",), TLSA: came}
    assert (await dane("acme.example", answering(records))).grade is Grade.UNKNOWN


async def test_dane_where_the_zone_is_signed() -> None:
    one = {MX: ("10 mx.acme.example.",)}
    two = {MX: ("10 mx.acme.example.", "20 mx2.acme.example.")}
    assert (await dane("acme.example", answering({}))).says == "the domain has no exchangers"
    assert (await dane("acme.example", answering({MX: ("0 .",)}))).says == "the domain has no exchangers"
    assert (await dane("acme.example", answering(one))).says == "no exchanger has a TLSA record"
    assert (await dane("acme.example", answering({**one, TLSA: ("3 1 1 00",)}))).grade is Grade.GOOD
    assert (await dane("acme.example", answering({**two, TLSA: ("3 1 1 00",)}))).grade is Grade.WEAK


async def test_dane_where_the_zone_is_not_signed() -> None:
    async def ask(question: Question) -> Reply:
        return Reply(Came.RECORDS, ("10 mx.acme.example.",)) if question.kind == "MX" else NOWHERE

    assert "not signed" in (await dane("acme.example", ask)).says
