"""Tests of the ESMTP parameters of MAIL and RCPT."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.envelope import Envelope
from fake_gateways.smtp.parameters import Declared, ParameterMistake, read_mail, read_rcpt

OFFERED = {"SIZE", "8BITMIME", "SMTPUTF8", "DSN"}
ALICE = "alice@northwind.example"


def test_mail_declares_size_and_characters() -> None:
    assert read_mail({"SIZE": "1000", "BODY": "8bitmime", "SMTPUTF8": ""}, OFFERED, Envelope()) == Declared(
        size=1000, utf8=True
    )
    assert read_mail({}, OFFERED, Envelope()) == Declared(size=0, utf8=False)


def test_mail_says_what_a_delivery_report_is_to_contain() -> None:
    envelope = Envelope()
    read_mail({"RET": "hdrs", "ENVID": "QQ314+2B159"}, OFFERED, envelope)
    assert (envelope.headers_only, envelope.envelope_id) == (True, "QQ314+159")


def test_rcpt_says_when_a_delivery_report_is_wanted_and_for_which_address() -> None:
    envelope = Envelope()
    wanted = read_rcpt({"NOTIFY": "success,Failure", "ORCPT": f"rfc822;{ALICE}"}, OFFERED)
    wanted.keep(envelope, ALICE)
    assert envelope.notify == {ALICE: frozenset({"SUCCESS", "FAILURE"})}
    assert envelope.original_recipients == {ALICE: f"rfc822;{ALICE}"}


def test_what_a_second_rcpt_does_not_say_stays_as_the_first_said_it() -> None:
    envelope = Envelope()
    for parameters in ({"NOTIFY": "NEVER", "ORCPT": f"rfc822;{ALICE}"}, {"NOTIFY": "DELAY"}, {"ORCPT": "x400;a"}):
        read_rcpt(parameters, OFFERED).keep(envelope, ALICE)
    assert envelope.notify == {ALICE: frozenset({"DELAY"})}
    assert envelope.original_recipients == {ALICE: "x400;a"}


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"SIZE": "ten"}, 555),
        ({"BODY": "9BIT"}, 555),
        ({"SMTPUTF8": "yes"}, 555),
        ({"AUTH": "<>"}, 555),
        ({"RET": "ALL"}, 501),
        ({"ENVID": "a=b"}, 501),
        ({"ENVID": "+0A"}, 501),
        ({"ENVID": "x" * 101}, 501),
    ],
)
def test_a_wrong_parameter_of_mail_is_refused(parameters: dict[str, str], code: int) -> None:
    with pytest.raises(ParameterMistake) as mistake:
        read_mail(parameters, OFFERED, Envelope())
    assert mistake.value.reply.code == code


@pytest.mark.parametrize(
    ("parameters", "code"),
    [
        ({"NOTIFY": "NEVER,FAILURE"}, 501),
        ({"NOTIFY": "ALWAYS"}, 501),
        ({"ORCPT": ALICE}, 501),
        ({"ORCPT": "rfc822;"}, 501),
        ({"SIZE": "10"}, 555),
    ],
)
def test_a_wrong_parameter_of_rcpt_is_refused(parameters: dict[str, str], code: int) -> None:
    with pytest.raises(ParameterMistake) as mistake:
        read_rcpt(parameters, OFFERED)
    assert mistake.value.reply.code == code


@pytest.mark.parametrize("parameters", [{"RET": "FULL"}, {"ENVID": "1"}, {"SMTPUTF8": ""}])
def test_a_parameter_of_an_extension_that_is_not_offered_is_refused(parameters: dict[str, str]) -> None:
    with pytest.raises(ParameterMistake) as mistake:
        read_mail(parameters, {"SIZE"}, Envelope())
    assert mistake.value.reply.code == 555
