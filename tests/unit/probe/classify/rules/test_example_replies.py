"""Replies made from a rule, which it should match."""

from __future__ import annotations

import pytest
from rule_files import rules

from probe.classify.rules.classifier import RuleClassifier
from probe.classify.rules.example_replies import MOST, replies_for


@pytest.mark.parametrize(
    ("kind", "text", "first"),
    [
        ("kumomta", '[rules]\nSpamBlock = ["^55[04] 5\\\\.7\\\\.1 "]', "550 5.7.1"),
        ("powermta", r"/^[45]\.1\.1;/ bad-mailbox", "550 5.1.1"),
        ("powermta", r"/^2.\d+.\d+;/ success", "250 2 5 5;"),
        ("momentum", "acme.example,10,unknown|user", "550 unknown user"),
        ("rules", '[[rule]]\nclass = "policy"\nenhanced = "4.7.x"\npattern = "slow"', "450 4.7.0 slow"),
        ("rules", '[[rule]]\nclass = "policy"\ncode = "45x"\nstage = "mail"', "450"),
    ],
)
def test_a_rule_matches_a_reply_made_for_it(kind: str, text: str, first: str) -> None:
    rule_set = rules(kind, text)
    made = replies_for(rule_set.rules[0], rule_set)
    assert made[0].wire.rstrip() == first
    matched = [reply for reply in made if RuleClassifier(rule_set).matching(reply)]
    assert matched


def test_the_number_of_replies_is_limited() -> None:
    table = '[[rule]]\nclass = "policy"\ncode = ["550", "551", "552", "553", "554"]\npattern = "(a|b|c)[0-9]"\n'
    rule_set = rules("rules", table)
    made = replies_for(rule_set.rules[0], rule_set)
    assert MOST < len(made) == len(set(made)) <= 4 * MOST


def test_an_expression_that_re2_does_not_support_has_no_replies() -> None:
    rule_set = rules("zone-mta", "(?!a)b,defer,spam,x")
    assert replies_for(rule_set.rules[0], rule_set) == []
