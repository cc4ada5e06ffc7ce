"""The guard before every policy: for which share of what comes, and at which times of day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lone_gateway import STARTS, session_view
from pydantic import ValidationError

from fake_gateways.policies import begin
from fake_gateways.policies.ip_reputation import IpReputation, IpReputationSettings
from fake_gateways.truth import Cause
from fake_gateways.verdict import Refuse


def refused(hour: float = 12.0, session: int = 1, seed: str = "7", **settings: object) -> bool:
    """Return whether a policy that refuses everybody is asked at an hour of the day."""
    policy = begin(IpReputationSettings(type="ip-reputation", deny=["127.0.0.0/8"], **settings), seed, STARTS)
    view = session_view(peer="127.10.0.1", session=session)
    view.at = datetime(2026, 3, 2, int(hour), round(hour % 1 * 60), tzinfo=UTC).timestamp()
    return policy.judge(view) == Refuse(Cause.IP_REPUTATION)


@pytest.mark.parametrize(
    ("between", "hours"),
    [
        (["08:00", "18:00"], [8, 12, 17.9]),
        (["22:00", "06:00"], [22, 23.5, 0, 5.9]),
        (["00:00", "00:00"], []),
    ],
)
def test_a_policy_is_asked_between_two_times_of_day(between: list[str], hours: list[float]) -> None:
    asked = [hour for hour in (0, 5.9, 6, 7.9, 8, 12, 17.9, 18, 21.9, 22, 23.5) if refused(hour, between=between)]
    assert sorted(asked) == sorted(hours)


@pytest.mark.parametrize(("share", "least", "most"), [(0.0, 0, 0), (0.25, 200, 300), (0.999999, 999, 1000)])
def test_a_policy_is_asked_for_its_share(share: float, least: int, most: int) -> None:
    assert least <= sum(refused(session=number, share=share) for number in range(1000)) <= most


def test_the_lot_falls_the_same_however_often_it_is_drawn_and_otherwise_under_another_seed() -> None:
    lots = [[refused(session=number, share=0.5, seed=seed) for number in range(50)] for seed in ("7", "7", "8")]
    assert lots[0] == lots[1] != lots[2]


def test_a_policy_without_conditions_has_no_guard() -> None:
    assert isinstance(begin(IpReputationSettings(type="ip-reputation"), "7", STARTS), IpReputation)


@pytest.mark.parametrize("settings", [{"share": 1.5}, {"between": ["25:00", "26:00"]}, {"between": ["08:00"]}])
def test_conditions_that_cannot_be_are_refused(settings: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        IpReputationSettings(type="ip-reputation", **settings)
