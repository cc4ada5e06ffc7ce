"""Rules, their conditions, and the causes of their classes."""

from __future__ import annotations

import pytest

from fake_gateways.truth import Cause
from probe.classify.rules.reply import ReceivedReply
from probe.classify.rules.rule_set import ANY, RuleClass, RuleConditions, RulePlace, cause_at, cause_of, make_rule
from probe.classify.taxonomy import UnknownNameError
from probe.input_error import InputError

REPLY = ReceivedReply(550, "5.7.1", "denied", "rcpt", "ann@Acme.example")


@pytest.mark.parametrize(
    ("conditions", "met"),
    [
        (ANY, True),
        (RuleConditions(stages=("mail", "rcpt")), True),
        (RuleConditions(stages=("mail",)), False),
        (RuleConditions(codes=("55x",)), True),
        (RuleConditions(codes=("55",)), False),
        (RuleConditions(codes=("4xx", "554")), False),
        (RuleConditions(statuses=("5.7.x",)), True),
        (RuleConditions(statuses=("x.x.1",)), True),
        (RuleConditions(statuses=("5.x.2",)), False),
        (RuleConditions(domain="acme.example"), True),
        (RuleConditions(domain="other.example"), False),
        (RuleConditions(codes=("550",), domain="other.example"), False),
    ],
)
def test_all_conditions_must_be_met(conditions: RuleConditions, *, met: bool) -> None:
    assert conditions.met_by(REPLY) is met


def test_an_x_stands_for_a_status_number_of_any_length() -> None:
    assert RuleConditions(statuses=("5.7.x",)).met_by(REPLY._replace(enhanced="5.7.606"))


def test_a_reply_without_code_or_status_does_not_meet_a_condition_on_them() -> None:
    bare = ReceivedReply(None, None, "denied", "rcpt")
    assert not RuleConditions(codes=("xxx",)).met_by(bare)
    assert not RuleConditions(statuses=("x.x.x",)).met_by(bare)


def test_conditions_and_rules_are_written_for_people() -> None:
    conditions = RuleConditions(("mail", "rcpt"), ("550",), (), "acme.example")
    assert str(conditions) == "stage mail or rcpt, code 550, domain acme.example"
    assert str(RulePlace(1, "rules.toml", 7)) == "rules.toml:7"
    assert str(RulePlace(1, "rules.json", 0)) == "rules.json"
    assert make_rule(RulePlace(1, "f", 1), RuleClass("x", None), "denied", "re2").asks == "denied"
    assert make_rule(RulePlace(1, "f", 1), RuleClass("x", None), "", "re2").asks == "nothing"


def test_a_rule_keeps_its_place_and_the_reason_why_re2_does_not_support_it() -> None:
    rule = make_rule(RulePlace(3, "f", 7), RuleClass("policy", Cause.POLICY), "(a)\\1", "js")
    assert (rule.number, rule.expression) == (3, None)
    assert "back reference" in rule.refused


def test_a_label_takes_precedence_over_the_class_of_the_system() -> None:
    assert cause_of("kumomta", "SpamBlock", {"SpamBlock": Cause.POLICY}) is Cause.POLICY
    assert cause_of("kumomta", "InvalidRecipient", {}) is Cause.USER_UNKNOWN
    assert cause_of("rules", "none", {}) is None
    with pytest.raises(UnknownNameError):
        cause_of("rules", "InvalidRecipient", {})


def test_an_unknown_class_is_an_input_error_at_its_place() -> None:
    with pytest.raises(
        InputError, match=r"^f:1: 'Dead' is neither a class of kumomta nor a label; add its cause under"
    ):
        cause_at("f:1", "kumomta", "Dead", {})
    assert cause_at("f:1", "kumomta", "Dead", {"Dead": None}) is None
