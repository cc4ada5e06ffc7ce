"""How often diagnoses and other verifiers were right."""

from __future__ import annotations

import pytest
from studied import diagnosed, subject

from fake_gateways.truth import Cause
from probe.studies.diagnose.accuracy import (
    HELD_OUT,
    HONEST,
    LYING,
    WITH_NOISE,
    WITHOUT_NOISE,
    Verdict,
    accuracy,
    by_cause,
    confusion,
    groups,
    mixed_up,
    others,
    spent,
)
from probe.studies.diagnose.noise import Noise
from probe.studies.diagnose.told import Told

VELOCITY = subject(Cause.VELOCITY)
GONE = subject(Cause.USER_UNKNOWN)
UNTOLD = Told(cause=False, mailbox=False)


def test_right_answers_are_counted_and_those_that_are_decided() -> None:
    found = accuracy(
        [
            diagnosed(VELOCITY, Cause.VELOCITY),
            diagnosed(VELOCITY, Cause.CONTENT),
            diagnosed(GONE, Cause.USER_UNKNOWN, alive=0.001, sure=False),
            diagnosed(subject(Cause.CONTENT), Cause.CONTENT, alive=0.001),
        ]
    )
    assert (found.cause_right.value, found.cause_right.of) == (0.75, 4)
    assert found.decided.value == 0.75
    assert found.cause_right_if_decided.value == 2 / 3
    assert found.mailbox_right_if_decided.value == 2 / 3
    assert found.living_called_gone[0] == 1 / 3
    assert found.gone_called_living[0] == 0.0


def test_a_share_has_wilsons_interval() -> None:
    found = accuracy([diagnosed(VELOCITY, Cause.VELOCITY)] * 10).cause_right
    assert (found.value, found.high) == (1.0, 1.0)
    assert found.low == pytest.approx(0.7225, abs=1e-4)


def test_in_which_way_a_mailbox_is_gone_makes_no_difference() -> None:
    assert accuracy([diagnosed(GONE, Cause.MAILBOX_DISABLED)]).cause_right.value == 1.0


def test_those_that_experiments_cannot_tell_are_counted_apart() -> None:
    untold = VELOCITY._replace(told=UNTOLD)
    found = accuracy([diagnosed(untold, Cause.CONTENT), diagnosed(VELOCITY, Cause.VELOCITY)])
    assert (found.cause_right.value, found.cause_right_where_told.value) == (0.5, 1.0)
    assert found.mailbox_right_where_told.of == 1
    assert (found.cause_told.value, found.mailbox_told.value) == (0.5, 0.5)


def test_an_open_verdict_calls_nobody_dead() -> None:
    found = accuracy([diagnosed(subject(Cause.IP_REPUTATION), Cause.IP_REPUTATION, alive=0.4)])
    assert found.living_called_gone.value == 0.0
    assert found.living_behind_ip_called_gone == found.living_called_gone
    assert found.mailbox_right.value == 0.0
    assert found.gone_called_living.value is None


def test_an_honest_refusal_is_called_a_lie_if_another_cause_is_decided() -> None:
    honest = subject(Cause.VELOCITY, lies=False)
    wrong = [diagnosed(honest, Cause.CONTENT), diagnosed(honest, Cause.CONTENT, sure=False)]
    found = accuracy([*wrong, diagnosed(VELOCITY, Cause.CONTENT)])
    assert (found.honest_called_lies.value, found.honest_called_lies.of) == (0.5, 2)


def test_a_wrong_verdict_after_a_block_is_of_our_own_making() -> None:
    blocked = [
        diagnosed(VELOCITY, Cause.CONTENT, blocks=2),
        diagnosed(VELOCITY, Cause.VELOCITY, blocks=1),
        diagnosed(VELOCITY, Cause.CONTENT, blocks=1, sure=False),
        diagnosed(VELOCITY, Cause.VELOCITY, blocks=1, alive=0.001),
    ]
    assert accuracy([*blocked, diagnosed(VELOCITY, Cause.CONTENT)]).own_blocks.value == 2 / 5


def test_brier_scores_are_the_squared_distance_from_the_truth() -> None:
    found = accuracy([diagnosed(VELOCITY, Cause.VELOCITY, alive=0.9), diagnosed(VELOCITY, Cause.CONTENT, alive=0.9)])
    assert found.brier_mailbox.value == pytest.approx(0.01)
    assert found.brier_cause.value == pytest.approx((0.02 + 1.82) / 2)
    assert found.brier_cause.low == 0.0


def test_groups_are_with_and_without_noise_and_held_out_vendors() -> None:
    tarpit = subject(Cause.VELOCITY, noise=Noise.TARPITS)
    found = [
        diagnosed(VELOCITY, Cause.VELOCITY),
        diagnosed(subject(Cause.VELOCITY, lies=False), Cause.VELOCITY),
        diagnosed(tarpit, Cause.VELOCITY),
        diagnosed(VELOCITY, Cause.VELOCITY, held_out=True),
    ]
    assert {name: len(some) for name, some in groups(found).items()} == {
        WITHOUT_NOISE: 2, WITH_NOISE: 1, HELD_OUT: 1, HONEST: 1, LYING: 1, "tarpits": 1,
    }  # fmt: skip


def test_causes_are_listed_with_what_they_are_mixed_up_with() -> None:
    content = subject(Cause.CONTENT)._replace(told=UNTOLD)
    found = [diagnosed(content, Cause.VIRUS), diagnosed(VELOCITY, Cause.VELOCITY)]
    assert list(by_cause(found)) == ["content", "velocity"]
    assert confusion(found) == {"content": {"virus": 1}, "velocity": {"velocity": 1}}
    assert mixed_up(found) == [("content", "virus", 1, 0)]


def test_costs_are_a_median_and_a_high_percentile_with_intervals() -> None:
    found = [diagnosed(VELOCITY, Cause.VELOCITY)._replace(seconds=60.0 * minutes) for minutes in range(100)]
    minutes = spent(found)["minutes"]
    assert (minutes.median.value, minutes.most.value) == (50, 95)
    assert (minutes.median.low, minutes.median.high) == (40, 59)
    assert spent(found)["experiments"].median.value == 3


def test_others_are_judged_by_the_mailbox_alone() -> None:
    found = [
        diagnosed(VELOCITY, Cause.CONTENT)._replace(verdicts={"other": Verdict(alive=False, probes=1)}),
        diagnosed(GONE, Cause.CONTENT, alive=0.5)._replace(verdicts={"other": Verdict(alive=None, probes=2)}),
        diagnosed(GONE, Cause.CONTENT, held_out=True),
    ]
    ours, other = others(found).values()
    assert (ours.living_called_gone.value, ours.gone_called_living.value, ours.unknown.value) == (0.0, 0.0, 0.5)
    assert (other.living_called_gone.value, other.gone_called_living.value, other.unknown.value) == (1.0, 0.0, 0.5)
    assert (ours.probes, other.probes) == (2.0, 1.5)
