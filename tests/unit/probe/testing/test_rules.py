"""The rules of a test's gateway: which one decides, and what each counts."""

from __future__ import annotations

from lone_gateway import session_view

from fake_gateways.people.directory import Directory, MailboxState
from fake_gateways.policies.session_view import SessionView
from fake_gateways.smtp.envelope import Envelope, Stage
from fake_gateways.truth import Cause
from fake_gateways.units import PerTime
from fake_gateways.verdict import Disconnect, Refuse
from probe.testing.rules import Conditions, GatewayRules, RealWait, StageRules, ToldDirectory

POLICY, CONTENT = Refuse(Cause.POLICY), Refuse(Cause.CONTENT)


def view(recipient: str = "ann@acme.example", at: float = 0.0) -> SessionView:
    """Return a session at RCPT."""
    made = session_view()
    made.envelope, made.recipient, made.at = Envelope("news@shop.example"), recipient, at
    return made


def rules_of(*told: tuple[Conditions, Refuse | Disconnect | RealWait], elapsed: float = 0.0) -> GatewayRules:
    """Return rules; ``elapsed`` is real time."""
    rules = GatewayRules(lambda: elapsed)
    for number, (conditions, outcome) in enumerate(told):
        rules.add(f"rule {number}", conditions, outcome)
    return rules


def causes(rules: GatewayRules, *views: SessionView) -> list[Cause | None]:
    """Return the cause of each verdict, None for an acceptance."""
    verdicts = [rules.judge(Stage.RCPT, each)[1] for each in views]
    return [None if verdict is None else verdict.cause for verdict in verdicts]


def test_the_first_rule_that_refuses_decides() -> None:
    rules = rules_of((Conditions(Stage.RCPT, ("bob@*",)), POLICY), (Conditions(Stage.RCPT), CONTENT))
    assert causes(rules, view("bob@acme.example"), view()) == [Cause.POLICY, Cause.CONTENT]


def test_a_rule_is_asked_at_its_stage_only() -> None:
    rules = rules_of((Conditions(Stage.DATA), POLICY))
    assert causes(rules, view()) == [None]
    assert rules.judge(Stage.DATA, view()) == (0, POLICY)


def test_a_refusal_names_the_recipient_that_the_rule_matched() -> None:
    rules = rules_of((Conditions(Stage.END_OF_DATA, ("bob@*",)), POLICY))
    whole = view("")
    whole.envelope = Envelope("news@shop.example", ["ann@acme.example", "bob@acme.example"])
    _, verdict = rules.judge(Stage.END_OF_DATA, whole)
    assert isinstance(verdict, Refuse)
    assert verdict.recipient == "bob@acme.example"


def test_a_rate_accepts_what_fits_in_the_sliding_window() -> None:
    rules = rules_of((Conditions(Stage.RCPT, rate=PerTime(2, 60.0)), POLICY))
    times = (0.0, 1.0, 2.0, 60.5, 62.0)  # a refused event fills the window as well
    found = causes(rules, *(view(at=at) for at in times))
    assert found == [None, None, Cause.POLICY, Cause.POLICY, None]


def test_attempts_are_counted_for_each_recipient() -> None:
    rules = rules_of((Conditions(Stage.RCPT, attempts=1), POLICY))
    bob = "bob@acme.example"
    assert causes(rules, view(), view(bob), view(), view(bob)) == [Cause.POLICY, Cause.POLICY, None, None]


def test_a_rule_with_a_wait_is_for_the_time_after_the_first_attempt_by_either_clock() -> None:
    now = 0.0
    rules = GatewayRules(lambda: now)
    rules.add("rule", Conditions(Stage.RCPT, wait_s=60.0), POLICY)
    assert causes(rules, view(), view(at=59.0), view(at=60.0), view(at=0.0)) == [
        Cause.POLICY,
        Cause.POLICY,
        None,
        Cause.POLICY,
    ]
    now = 60.0
    assert causes(rules, view(at=0.0), view("bob@acme.example")) == [None, Cause.POLICY]


def test_waits_add_up_and_come_before_the_refusal() -> None:
    always = Conditions(Stage.RCPT)
    rules = rules_of(
        (always, RealWait(1.0)), (always, Disconnect(Cause.SYSTEM)), (always, RealWait(2.0)), (always, POLICY)
    )
    assert rules.judge(Stage.RCPT, view()) == (3.0, Disconnect(Cause.SYSTEM))


def test_a_rule_that_is_lifted_is_not_asked() -> None:
    rules = GatewayRules(lambda: 0.0)
    rule = rules.add("rule", Conditions(Stage.RCPT), POLICY)
    rule.lift()
    assert causes(rules, view()) == [None]


def test_a_rule_is_missed_until_its_conditions_are_met_once_unless_it_is_optional() -> None:
    rules = GatewayRules(lambda: 0.0)
    rule = rules.add("rule", Conditions(Stage.RCPT, ("bob@*",), rate=PerTime(5, 60.0)), POLICY)
    rules.add("other", Conditions(Stage.RCPT, ("eve@*",)), POLICY, optional=True)
    assert causes(rules, view()) == [None]
    assert rules.missed == [rule]
    assert causes(rules, view("bob@acme.example")) == [None]
    assert rules.missed == []


def test_as_a_policy_the_rules_are_asked_once_for_a_wait_and_the_verdict_after_it() -> None:
    told = rules_of((Conditions(Stage.RCPT), RealWait(1.0)), (Conditions(Stage.RCPT, attempts=1), POLICY))
    policy = StageRules(told, Stage.RCPT)
    found = [policy.judge(view()) for _ in range(4)]
    assert found == [RealWait(1.0), POLICY, RealWait(1.0), None]


def test_a_directory_without_another_behind_it_has_every_mailbox_but_those_that_were_told() -> None:
    directory = ToldDirectory(["x.example"], {"ann@x.example": MailboxState.FULL, "*@y.example": MailboxState.DEPARTED})
    states = [directory.state(each, 0.0) for each in ("Ann@x.example", "bob@x.example", "bob@Y.example")]
    assert states == [MailboxState.FULL, MailboxState.PRESENT, MailboxState.DEPARTED]
    assert directory.serves("bob@z.example")


def test_a_directory_asks_the_one_behind_it_about_what_was_not_told() -> None:
    behind = Directory(["x.example"], {"ann@x.example": MailboxState.PRESENT}, left_at={"ann@x.example": 9.0})
    directory = ToldDirectory.before(behind)
    directory.states["bob@x.example"] = MailboxState.DISABLED
    people = ("ann@x.example", "bob@x.example", "eve@x.example")
    assert [directory.state(each, 0.0) for each in people] == [
        MailboxState.PRESENT, MailboxState.DISABLED, MailboxState.DEPARTED,
    ]  # fmt: skip
    assert directory.state("ann@x.example", 10.0) is MailboxState.DEPARTED
    assert (directory.serves("z@x.example"), directory.serves("z@y.example")) == (True, False)
    assert behind.states == {"ann@x.example": MailboxState.PRESENT}
