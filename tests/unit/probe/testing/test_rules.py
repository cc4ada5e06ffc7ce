"""The rules of a test's gateway: which one decides, and what each counts."""

from __future__ import annotations

from lone_gateway import session_view

from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.truth import Cause
from fake_gateways.units import PerTime
from fake_gateways.verdict import Refuse
from probe.testing.rules import RefusalRule, RefusalRules

POLICY, CONTENT = Refuse(Cause.POLICY), Refuse(Cause.CONTENT)


def view(recipient: str = "ann@acme.example", at: float = 0.0) -> SessionView:
    """Return a session at RCPT."""
    made = session_view()
    made.envelope, made.recipient, made.at = Envelope("news@shop.example"), recipient, at
    return made


def causes(rules: RefusalRules, *views: SessionView) -> list[Cause | None]:
    """Return the cause of each verdict, None for an acceptance."""
    verdicts = [rules.judge(Stage.RCPT, each) for each in views]
    return [None if verdict is None else verdict.cause for verdict in verdicts]


def test_the_first_rule_that_refuses_decides() -> None:
    rules = RefusalRules()
    rules.add(RefusalRule(POLICY, Stage.RCPT, recipient="bob@*"))
    rules.add(RefusalRule(CONTENT, Stage.RCPT))
    assert causes(rules, view("bob@acme.example"), view()) == [Cause.POLICY, Cause.CONTENT]


def test_a_rule_is_asked_at_its_stage_only() -> None:
    rules = RefusalRules()
    rules.add(RefusalRule(POLICY, Stage.DATA))
    assert causes(rules, view()) == [None]
    assert rules.judge(Stage.DATA, view()) is not None


def test_a_refusal_names_the_recipient_that_the_rule_matched() -> None:
    rules = RefusalRules()
    rules.add(RefusalRule(POLICY, Stage.END_OF_DATA, recipient="bob@*"))
    whole = view("")
    whole.envelope = Envelope("news@shop.example", ["ann@acme.example", "bob@acme.example"])
    verdict = rules.judge(Stage.END_OF_DATA, whole)
    assert verdict is not None
    assert verdict.recipient == "bob@acme.example"


def test_a_rate_accepts_what_fits_in_the_sliding_window() -> None:
    rules = RefusalRules()
    rules.add(RefusalRule(POLICY, Stage.RCPT, rate=PerTime(2, 60.0)))
    times = (0.0, 1.0, 2.0, 60.5, 62.0)  # a refused event fills the window as well
    found = causes(rules, *(view(at=at) for at in times))
    assert found == [None, None, Cause.POLICY, Cause.POLICY, None]


def test_attempts_are_counted_for_each_recipient() -> None:
    rules = RefusalRules()
    rules.add(RefusalRule(POLICY, Stage.RCPT, attempts=1))
    bob = "bob@acme.example"
    assert causes(rules, view(), view(bob), view(), view(bob)) == [Cause.POLICY, Cause.POLICY, None, None]
