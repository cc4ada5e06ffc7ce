"""Which logins a test's gateway accepts."""

from __future__ import annotations

import pytest

from fake_gateways.smtp.auth import BAD_CREDENTIALS, TRY_LATER, Credentials, Login
from fake_gateways.smtp.reply import Reply
from probe.testing.logins import LoginAttempt, LoginRefusal, LoginRules

ANN = Credentials("PLAIN", "ann", "secret")


@pytest.mark.parametrize(
    ("accounts", "refusal", "expected"),
    [
        (None, None, None),
        ({"ann": "secret"}, None, None),
        ({"ann": "other"}, None, BAD_CREDENTIALS),
        ({"bob": "secret"}, None, BAD_CREDENTIALS),
        ({"ann": "secret"}, TRY_LATER, TRY_LATER),
    ],
)
def test_a_login_is_accepted_unless_a_rule_refuses_it(
    accounts: dict[str, str] | None, refusal: Reply | None, expected: Reply | None
) -> None:
    rules = LoginRules()
    rules.accounts = accounts
    if refusal is not None:
        rules.refusals.append(LoginRefusal("told", refusal, None))
    assert rules.login.check(ANN) == expected
    assert rules.attempts == [LoginAttempt("PLAIN", "ann", accepted=expected is None)]


def test_a_login_is_required_once_a_test_says_so() -> None:
    rules = LoginRules()
    assert not rules.login.required()
    rules.required = True
    assert rules.login.required()


def test_so_many_logins_are_refused_and_each_refusal_counts() -> None:
    rules = LoginRules()
    rules.refusals = [LoginRefusal("one", TRY_LATER, 1), LoginRefusal("two", BAD_CREDENTIALS, 2)]
    assert [rules.login.check(ANN) for _ in range(3)] == [TRY_LATER, BAD_CREDENTIALS, None]


def test_a_refusal_that_is_lifted_refuses_no_more() -> None:
    rules = LoginRules()
    rules.refusals = [LoginRefusal("told", TRY_LATER, None)]
    rules.refusals[0].lift()
    assert rules.login.check(ANN) is None


def test_what_a_test_has_not_said_is_asked_of_what_is_behind() -> None:
    rules = LoginRules()
    rules.behind = Login(check=lambda _: TRY_LATER, required=lambda: True, needs_tls=lambda: True)
    assert (rules.login.check(ANN), rules.login.required(), rules.login.needs_tls()) == (TRY_LATER, True, True)
    rules.accounts = {"ann": "secret"}
    assert rules.login.check(ANN) is None
