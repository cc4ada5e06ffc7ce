"""The guard before every policy: for which share of what comes, and at which times of day."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lone_gateway import ALICE, STARTS, LoneGateway, policy, session_view
from pydantic import ValidationError

from fake_gateways.policies import begin
from fake_gateways.policies.directory_harvest import DirectoryHarvestSettings
from fake_gateways.policies.guard import observer_of
from fake_gateways.policies.ip_reputation import IpReputation, IpReputationSettings
from fake_gateways.policies.session_view import Decision
from fake_gateways.smtp.envelope import Stage
from fake_gateways.truth import Cause, Fate
from fake_gateways.verdict import Refuse


def refused(hour: float = 12.0, session: int = 1, seed: str = "7", **settings: object) -> bool:
    """Return whether a policy that refuses everybody is asked at an hour of the day."""
    asked = begin(IpReputationSettings(type="ip-reputation", deny=["127.0.0.0/8"], **settings), seed, STARTS)
    view = session_view(peer="127.10.0.1", session=session)
    view.at = datetime(2026, 3, 2, int(hour), round(hour % 1 * 60), tzinfo=UTC).timestamp()
    return asked.judge(view) == Refuse(Cause.IP_REPUTATION)


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


@pytest.mark.parametrize(
    ("recipient", "envelope", "expected"),
    [
        ("ann@tenant.example", [], True),
        ("ann@TENANT.example", [], True),
        ("ann@other.example", [], False),
        ("ann@sub.tenant.example", [], False),
        ("", ["ann@tenant.example"], True),
        ("", ["bob@other.example", "ann@tenant.example"], True),
        ("", ["bob@other.example"], False),
        ("", [], False),
    ],
)
def test_a_policy_of_a_tenant_is_asked_about_its_recipients_only(
    recipient: str, envelope: list[str], *, expected: bool
) -> None:
    settings = IpReputationSettings(type="ip-reputation", deny=["127.0.0.0/8"], domains=["Tenant.example"])
    view = session_view(peer="127.10.0.1")
    view.recipient = recipient
    view.envelope.recipients.extend(envelope)
    assert (begin(settings, "7", STARTS).judge(view) is not None) is expected


@pytest.mark.parametrize(("domains", "blocked"), [((), True), (("tenant.example",), True), (("other.example",), False)])
def test_a_policy_of_a_tenant_learns_of_its_recipients_only(domains: tuple[str, ...], *, blocked: bool) -> None:
    policy = begin(DirectoryHarvestSettings(type="directory-harvest", limit="1/1h", domains=domains), "7", STARTS)
    observer = observer_of(policy)
    assert observer is not None
    view = session_view(peer="127.10.0.1")
    for number in range(3):
        observer.notice(view, Decision(f"{number}@tenant.example", Stage.RCPT, Cause.USER_UNKNOWN, Fate.REFUSED))
    view.recipient = f"ann@{domains[0] if domains else 'any.example'}"
    assert (policy.judge(view) == Refuse(Cause.DIRECTORY_HARVEST)) is blocked


def test_a_policy_that_does_not_learn_has_no_observer() -> None:
    for settings in ({}, {"share": 0.5}):
        assert observer_of(begin(IpReputationSettings(type="ip-reputation", **settings), "7", STARTS)) is None


def test_a_bounce_claims_what_the_refusal_in_its_place_would_have_claimed() -> None:
    outdated = policy("recipient-verification", lag="1h", instead="bounce")
    lone = LoneGateway("exchange-onprem", policies=[outdated], has_directory=False)
    lone.gateway.directory.made_at[ALICE] = STARTS
    assert lone.call().deliver(ALICE).accepts
    row = lone.truths[-1]
    assert (row.cause, row.claimed, row.fate) == (Cause.SYSTEM, Cause.USER_UNKNOWN, Fate.BOUNCED_LATER)
    assert "Status: 5.1.1" in lone.reports[0].content
