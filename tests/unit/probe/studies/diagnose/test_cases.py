"""Cases are valid scenarios, and their gateways refuse for the cause that they are named after."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from fake_gateways import persona
from fake_gateways.truth import Cause
from probe.scenario.load import check
from probe.studies.diagnose.cases import CAUSES, MESSAGE, Case, as_met, cases
from probe.studies.diagnose.run import prepared_case, refused


def test_every_case_is_a_valid_scenario(tmp_path: Path) -> None:
    for case in cases(["cisco-esa", "postfix"], range(4)):
        (tmp_path / MESSAGE).write_bytes(case.message())
        check(case.document(), folder=tmp_path, path=case.name)


@pytest.mark.parametrize("lies", [False, True])
@pytest.mark.parametrize("cause", CAUSES)
def test_a_gateway_refuses_for_the_cause_of_its_case(cause: Cause, lies: bool) -> None:  # noqa: FBT001
    found = []
    for seed in range(6):
        case = Case(cause, "exchange-onprem", lies, seed)
        found += asyncio.run(refused(case, prepared_case(case)))
    assert found
    assert {truth.cause for _, truth in found} == {cause}


def test_every_persona_and_cause_has_cases() -> None:
    drawn = list(cases(list(persona.names()), range(1)))
    with_tls = [name for name in persona.names() if "STARTTLS" in persona.load(name).keywords]
    assert len(drawn) == 2 * (len(persona.names()) * (len(CAUSES) - 1) + len(with_tls))
    assert len({case.name for case in drawn}) == len(drawn)


def test_that_a_full_mailbox_is_disguised_is_rare() -> None:
    assert Case(Cause.MAILBOX_FULL, "postfix", lies=True, seed=1).weight == 1
    assert Case(Cause.MAILBOX_FULL, "postfix", lies=False, seed=1).weight == 100
    assert Case(Cause.VELOCITY, "postfix", lies=True, seed=1).weight == 100


def test_the_rare_ones_are_met_rarely() -> None:
    drawn = list(cases(list(persona.names()), range(4)))
    met = set(as_met(drawn))
    assert {case for case in drawn if case.weight > 1} <= met
    assert len([case for case in met if case.weight == 1]) < 20


def test_any_message_goes_with_any_cause() -> None:
    messages = [Case(Cause.IP_REPUTATION, "postfix", lies=False, seed=seed).message() for seed in range(40)]
    for mark in (b"https://", b"filename=", b"<p>", b"text/plain"):
        assert 0 < sum(mark in message for message in messages) < 40
