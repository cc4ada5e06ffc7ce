"""Diagnoses are measured at generated gateways, with noise, and other verifiers ask them too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from fivefifty_command import fivefifty
from rich.console import Console

from fake_gateways.truth import Cause, Truth
from probe.diagnose.patterns import shipped
from probe.lab.diagnose_lab import Lab, open_lab
from probe.report.terminal.accuracy import print_accuracy
from probe.report.terminal.own_blocks import print_own_blocks
from probe.studies.diagnose.accuracy import HELD_OUT, WITH_NOISE, WITHOUT_NOISE, groups
from probe.studies.diagnose.cases import USUAL, Case
from probe.studies.diagnose.figures import summary
from probe.studies.diagnose.measure_run import measure, vendors_held_out
from probe.studies.diagnose.noise import Noise
from probe.studies.diagnose.own_blocks import own_blocks
from probe.studies.diagnose.own_blocks_run import measure_own_blocks
from probe.studies.diagnose.run import extra_means, prepared_case, refused
from probe.studies.diagnose.verifier_run import asked_by, py3_validate_email
from probe.studies.diagnose.verifiers import Verdict, after_ship

CASES = [
    Case(Cause.IP_REPUTATION, "postfix", lies=True, seed=1),
    Case(Cause.USER_UNKNOWN, "postfix", lies=False, seed=1),
]


def test_the_patterns_of_a_vendor_are_those_of_the_others() -> None:
    others = vendors_held_out([*CASES, Case(Cause.IP_REPUTATION, "cisco-esa", lies=False, seed=1)], 1, lambda _: None)
    causes = {held_out: {each.hypothesis.cause for each in known.known} for held_out, known in others.items()}
    assert causes == {"postfix": {Cause.IP_REPUTATION}, "cisco-esa": {Cause.IP_REPUTATION, Cause.USER_UNKNOWN}}


def test_diagnoses_are_measured_with_noise_and_printed(capsys: pytest.CaptureFixture[str]) -> None:
    found = measure(CASES, 1, lambda _: None, {"postfix": shipped()})
    assert {each.subject.truth.cause for each in found} == {Cause.IP_REPUTATION, Cause.USER_UNKNOWN}
    of = {name: len(some) for name, some in groups(found).items()}
    assert of[WITHOUT_NOISE] == of[WITH_NOISE] == of[HELD_OUT] == len(CASES)
    figures = summary(found, len(CASES), 1)
    print_accuracy(Console(width=200), figures)
    printed = capsys.readouterr().out
    for shown in ("ip-reputation", "95th percentile", "py3-validate-email", "vendor held out, with noise"):
        assert shown in printed


def test_py3_validate_email_really_asks_the_gateway() -> None:
    case = Case(Cause.TLS_REQUIRED, "postfix", lies=True, seed=1)
    verdict, answers = asyncio.run(asked(case, py3_validate_email))
    assert verdict == Verdict(alive=True, probes=1)  # it says STARTTLS, and is not refused
    assert [(answer.helo, answer.peer_address, answer.code) for answer in answers] == [
        ("mta1.sender.example", USUAL, 250)
    ]


def test_rules_ask_about_two_recipients_of_one_connection() -> None:
    case = Case(Cause.USER_UNKNOWN, "postfix", lies=False, seed=1)
    verdict, answers = asyncio.run(asked(case, lambda lab: asked_by(after_ship, lab, "x7k3@acme.example")))
    assert verdict == Verdict(alive=False, probes=2)
    assert [answer.recipient == "x7k3@acme.example" for answer in answers] == [True, False]
    assert len({answer.session for answer in answers}) == 1


async def asked(case: Case, ask: Callable[[Lab], Awaitable[Verdict]]) -> tuple[Verdict, list[Truth]]:
    """Return a verifier's verdict on the first refused recipient of a case, and the answers that it got."""
    prepared = prepared_case(case)
    recipient, _ = (await refused(case, prepared))[0]
    async with open_lab(prepared, recipient, "memory", extra_means(prepared)) as lab:
        before = len(lab.lane.truths)
        return await ask(lab), lab.lane.truths[before:]


def test_a_sample_of_gateways_is_measured(tmp_path: Path) -> None:
    done = fivefifty("evaluate", "--diagnose", "--cases", "1", "--workers", "1", "--json", cwd=tmp_path)
    figures = json.loads(done.stdout)
    assert (figures["seed"], figures["gateways"]) == (101, 1)


def test_blocks_of_our_own_making_are_counted_until_the_hours_are_over(capsys: pytest.CaptureFixture[str]) -> None:
    hours: list[int] = []
    found = list(measure_own_blocks(["postfix"], 11, 1, 1, hours.append))
    assert sum(hours) >= 1
    assert sum(hours[:-1]) == 0
    assert {each.subject.noise for each in found} == {Noise.BLOCKS}
    print_own_blocks(Console(width=200), own_blocks(found))
    assert "were blocks of our own making" in capsys.readouterr().out
    wrong = {"true": "content", "diagnosed": "velocity", "verdicts": 3, "wrong_mailboxes": 1}
    print_own_blocks(Console(width=200), own_blocks(found) | {"taken_for": [wrong]})
    assert "content, diagnosed as velocity" in capsys.readouterr().out
