"""Patterns are counted, and choices compared with the best ones: fit --diagnose, evaluate --diagnose --optimum."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from fivefifty_command import INPUT_WRONG, fivefifty
from rich.console import Console

from fake_gateways.truth import Cause
from probe.diagnose.conditions import Depth
from probe.diagnose.experiments import EXPERIMENTS
from probe.diagnose.patterns import read, shipped, written
from probe.report.terminal.optimum import print_optimum
from probe.studies.diagnose.cases import Case
from probe.studies.diagnose.optimum import summary
from probe.studies.diagnose.run import estimate

CASES = [
    Case(Cause.IP_REPUTATION, "postfix", lies=True, seed=1),
    Case(Cause.USER_UNKNOWN, "postfix", lies=False, seed=1),
]


def test_every_recipient_leaves_a_pattern() -> None:
    told: list[int] = []
    patterns = list(read(written(estimate(CASES, 1, told.append), EXPERIMENTS)))
    assert {each.hypothesis.cause for each in patterns} == {Cause.IP_REPUTATION, Cause.USER_UNKNOWN}
    of_gone = next(each for each in patterns if each.hypothesis.cause is Cause.USER_UNKNOWN)
    assert of_gone.shows["control"] == "taken at rcpt"
    assert told == [1, 1]


def test_the_shipped_choice_costs_at_most_6_percent_more_than_the_best_one(capsys: pytest.CaptureFixture[str]) -> None:
    told: list[int] = []
    figures = summary(shipped(), random.Random(1), 2, told.append)
    for depth in Depth:
        of_all = figures[depth]
        assert of_all["optimal"] <= of_all["shipped"] <= 1.06 * of_all["optimal"]
        assert of_all["optimal"] <= of_all["fixed_by_reply"] <= of_all["fixed"]
    assert told == [1] * 4
    assert [each["tables"] for each in figures.values()] == [1, 1, 2, 2]
    print_optimum(Console(width=200), figures)
    printed = capsys.readouterr().out
    assert "rcpt, with noise" in printed
    assert f"{figures['rcpt']['above_optimum']['value']:.1%}" in printed


@pytest.mark.parametrize(
    "words",
    [
        ("evaluate", "--seed", "7"),
        ("evaluate", "--optimum"),
        ("evaluate", "--own-blocks"),
        ("evaluate", "--cases", "7"),
        ("evaluate", "--held-out"),
        ("evaluate", "--diagnose", "control"),
        ("fit", "--diagnose", "--reference"),
        ("fit", "--diagnose", "--scenarios", "30"),
    ],
)
def test_options_that_do_not_belong_together_are_one_sentence(words: tuple[str, ...], tmp_path: Path) -> None:
    done = fivefifty(*words, cwd=tmp_path)
    assert done.returncode == INPUT_WRONG
    assert done.stderr.count("\n") == 1
